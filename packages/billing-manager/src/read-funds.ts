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
import type { Charge, Funds } from './plan-legs.js'
import { unitsLeft, type LimitState } from './read-limits.js'
import { readUnexpiredGrants } from './typeorm/grant-store.js'

export interface FundsQuery {
  charge: Charge
  /** Those of the charge, as they stand. */
  limits: readonly LimitState[]
  tenantId: string
  now: Date
}

/** What a customer has for a charge now; each balance by its key, so that it costs the same at any age. */
export async function readFunds(ledger: Ledger, manager: EntityManager, query: FundsQuery): Promise<Funds> {
  const { charge, limits, tenantId, now } = query
  const { meter, network } = charge
  const grants = await readUnexpiredGrants(manager, { tenantId, meter, now })
  const money = moneyAsset(network)
  const accounts = [
    { code: creditAccount(network), asset: money },
    { code: depositAccount(network), asset: money },
    ...limits.map((limit) => ({ code: allowanceAccount(limit), asset: unitAsset(limit.meter) })),
    ...grants.map(({ grantId }) => ({ code: grantAccount(grantId), asset: unitAsset(meter) })),
  ]
  const [credit = 0n, deposit = 0n, ...units] = await ledger.balancesOf(manager, tenantId, accounts)
  return {
    left: limits.map((limit, index) => unitsLeft(limit, { allowance: units[index] ?? 0n })),
    grants: grants.map(({ grantId, priority, expiresAt, createdAt }, index) => {
      return { grantId, units: units[limits.length + index] ?? 0n, priority, expiresAt, createdAt }
    }),
    ...{ credit, deposit },
  }
}
