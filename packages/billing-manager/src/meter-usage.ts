import { HELD, type Ledger } from '@veramo-studio/ledger'
import type { EntityManager } from 'typeorm'
import { allowanceAccount, unitAsset, usedAccount, type MeterPeriod } from './account-codes.js'
import type { Period } from './period.js'
import type { MeterTerms } from './plan.js'
import type { Amount, MeterOverage, MeterUsage } from './types/IBillingManager.js'

/** How many units of a meter are where. */
export interface MeterCounts {
  /** Given for the period; what is adjusted is adjusted when the meter is next used. */
  granted: bigint
  /** Left of those given. */
  allowance: bigint
  used: bigint
  held: bigint
}

/** Where the units of a meter and period are counted. */
export function countedAccounts(period: MeterPeriod): Record<Exclude<keyof MeterCounts, 'granted'>, string> {
  return { allowance: allowanceAccount(period), used: usedAccount(period), held: HELD }
}

export async function readMeterCounts(
  ledger: Ledger,
  manager: EntityManager,
  { tenantId, granted, ...period }: MeterPeriod & { tenantId: string; granted: bigint },
): Promise<MeterCounts> {
  const asset = unitAsset(period.meter)
  const codes = countedAccounts(period)
  const [allowance, used, held] = await Promise.all(
    [codes.allowance, codes.used, codes.held].map((code) => ledger.balance(manager, { tenantId, code, asset })),
  )
  return { granted, allowance: allowance ?? 0n, used: used ?? 0n, held: held ?? 0n }
}

export function toMeterUsage(terms: MeterTerms, period: Period, counts: MeterCounts): MeterUsage {
  return {
    meter: terms.meter,
    used: Number(counts.used),
    held: Number(counts.held),
    limit: unitsGiven(terms, period),
    remaining: Number(unitsLeft(terms, period, counts)),
    resetsAt: period.resetsAt,
    overage: overageOf(terms),
  }
}

/** What the plan gives in the period. */
export function unitsGiven({ limit }: MeterTerms, { givesUnits }: Period): number {
  return givesUnits ? limit : 0
}

/** What the plan still gives, once the allowance is adjusted to it. */
export function unitsLeft(
  terms: MeterTerms,
  period: Period,
  { allowance, granted }: Pick<MeterCounts, 'allowance' | 'granted'>,
): bigint {
  if (!period.givesUnits) return 0n
  const left = allowance + BigInt(terms.limit) - granted
  return left > 0n ? left : 0n
}

export function overageOf({ price }: MeterTerms): MeterOverage {
  return { allowed: price !== null, price: price === null ? null : toAmount(price) }
}

export function toAmount(ncheq: bigint): Amount {
  return { denom: 'ncheq', amount: String(ncheq) }
}
