import type { Ledger } from '@veramo-studio/ledger'
import type { EntityManager } from 'typeorm'
import {
  allowanceAccount,
  creditAccount,
  depositAccount,
  grantAccount,
  moneyAsset,
  unitAsset,
} from './account-codes.js'
import type { MeterPeriod } from './account-codes.js'
import type { Funds, GrantFunds } from './plan-legs.js'
import { readUnexpiredGrants } from './typeorm/grant-store.js'
import type { BillingNetwork } from './types/IBillingManager.js'

export interface FundsQuery extends MeterPeriod {
  tenantId: string
  network: BillingNetwork
  now: Date
}

/** What a customer has for a meter now; each balance by its key, so that it costs the same at any age. */
export async function readFunds(ledger: Ledger, manager: EntityManager, query: FundsQuery): Promise<Funds> {
  const { tenantId, meter, network } = query
  const balanceOf = (code: string, asset: string) => ledger.balance(manager, { tenantId, code, asset })
  const grants: GrantFunds[] = []
  for (const { grantId, priority, expiresAt, createdAt } of await readUnexpiredGrants(manager, query)) {
    const units = await balanceOf(grantAccount(grantId), unitAsset(meter))
    grants.push({ grantId, units, priority, expiresAt, createdAt })
  }
  return {
    allowance: await balanceOf(allowanceAccount(query), unitAsset(meter)),
    grants,
    credit: await balanceOf(creditAccount(network), moneyAsset(network)),
    deposit: await balanceOf(depositAccount(network), moneyAsset(network)),
  }
}
