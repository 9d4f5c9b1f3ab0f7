import type { Entity, Migration } from '@veramo-studio/plugin-kit'
import { AccountRow } from './account-row.js'
import { AuditRow } from './audit-row.js'
import { BalanceWatchRow, BalanceWatchStartRow, LowBalanceRow } from './balance-watch-row.js'
import { CreateAccounts1763600000002 } from './migrations/1763600000002-create-accounts.js'
import { CompleteAccounts } from './migrations/1763600000022-complete-accounts.js'
import { WatchBalances } from './migrations/1763600000032-watch-balances.js'
import { PaymentAddressRow } from './payment-address-row.js'
import { RefundedChargeRow } from './refunded-charge-row.js'

/** For `openDatabase`. */
export const Entities: Entity[] = [
  AccountRow,
  PaymentAddressRow,
  AuditRow,
  RefundedChargeRow,
  BalanceWatchRow,
  BalanceWatchStartRow,
  LowBalanceRow,
]

/** For `openDatabase`; oldest first, and never changed. */
export const migrations: Migration[] = [CreateAccounts1763600000002, CompleteAccounts, WatchBalances]
