import type { AccountName, Ledger } from '@veramo-studio/ledger'
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
import { readUnexpiredGrants, type GrantRow } from './typeorm/grant-store.js'
import type { BillingNetwork } from './types/IBillingManager.js'

export interface FundsQuery {
  charge: Charge
  /** Those of the charge, as they stand. */
  limits: readonly LimitState[]
  tenantId: string
  now: Date
}

/** What pays besides the plan, and where it is. */
export interface FundSources {
  meter: string
  network: BillingNetwork
  /** Those that have not expired. */
  grants: readonly GrantRow[]
}

/** What a customer has for a charge now; each balance by its key, so that it costs the same at any age. */
export async function readFunds(ledger: Ledger, manager: EntityManager, query: FundsQuery): Promise<Funds> {
  const { charge, limits, tenantId, now } = query
  const { meter, network } = charge
  const sources = { meter, network, grants: await readUnexpiredGrants(manager, { tenantId, meter, now }) }
  const allowances = limits.map((limit) => ({ code: allowanceAccount(limit), asset: unitAsset(limit.meter) }))
  const balances = await ledger.balances(manager, tenantId, [...allowances, ...fundAccounts(sources)])
  const balanceOf = ({ code, asset }: AccountName) =>
    balances.find((each) => each.code === code && each.asset === asset)?.balance ?? 0n
  return {
    left: limits.map((limit, index) => unitsLeft(limit, { allowance: balances[index]?.balance ?? 0n })),
    ...toFunds(sources, balanceOf),
  }
}

export function fundAccounts({ meter, network, grants }: FundSources): AccountName[] {
  return [
    ...[creditAccount(network), depositAccount(network)].map((code) => ({ code, asset: moneyAsset(network) })),
    ...grants.map(({ grantId }) => ({ code: grantAccount(grantId), asset: unitAsset(meter) })),
  ]
}

export function toFunds(
  { meter, network, grants }: FundSources,
  balanceOf: (account: AccountName) => bigint,
): Omit<Funds, 'left'> {
  const money = moneyAsset(network)
  return {
    grants: grants.map(({ grantId, priority, expiresAt, createdAt }) => {
      const units = balanceOf({ code: grantAccount(grantId), asset: unitAsset(meter) })
      return { grantId, units, priority, expiresAt, createdAt }
    }),
    credit: balanceOf({ code: creditAccount(network), asset: money }),
    deposit: balanceOf({ code: depositAccount(network), asset: money }),
  }
}
