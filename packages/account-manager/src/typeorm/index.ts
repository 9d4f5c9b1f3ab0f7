import type { Entity, Migration } from '@veramo-studio/plugin-kit'
import { AccountRow } from './account-row.js'
import { CreateAccounts1763600000002 } from './migrations/1763600000002-create-accounts.js'
import { PaymentAddressRow } from './payment-address-row.js'

/** For `openDatabase`. */
export const Entities: Entity[] = [AccountRow, PaymentAddressRow]

/** For `openDatabase`; oldest first, and never changed. */
export const migrations: Migration[] = [CreateAccounts1763600000002]
