import { isPlain, type MeterTerms } from './plan.js'
import { unitsGiven, unitsLeft, type LimitCounts, type LimitState } from './read-limits.js'
import type { Amount, LimitUsage, MeterOverage, MeterUsage } from './types/IBillingManager.js'

/** The limit that comes first, and all of them where there are more than a number says. */
export function toMeterUsage(
  terms: MeterTerms,
  states: readonly LimitState[],
  counts: readonly LimitCounts[],
): MeterUsage {
  const limits = states.map((state, index) => toLimitUsage(state, counts[index] ?? NOTHING))
  const { used, held, limit, remaining, resetsAt, hard } = limits.reduce(nearer)
  return {
    ...{ meter: terms.meter, used, held, limit, remaining, resetsAt },
    overage: hard ? NO_OVERAGE : overageOf(terms),
    ...(!isPlain(terms) && { limits }),
  }
}

const NOTHING: LimitCounts = { allowance: 0n, used: 0n, held: 0n }
const NO_OVERAGE: MeterOverage = { allowed: false, price: null }

function toLimitUsage(state: LimitState, counts: LimitCounts): LimitUsage {
  return {
    per: state.limit.per,
    hard: state.limit.isHard,
    used: Number(counts.used + state.countedBefore),
    held: Number(counts.held),
    limit: Number(unitsGiven(state)),
    remaining: Number(unitsLeft(state, counts)),
    resetsAt: state.resetsAt,
  }
}

/** Of two limits the one that has less left; else the one that nobody gets past; else the one that is given anew later. */
function nearer(one: LimitUsage, other: LimitUsage): LimitUsage {
  if (one.remaining !== other.remaining) return one.remaining < other.remaining ? one : other
  if (one.hard !== other.hard) return one.hard ? one : other
  return one.resetsAt !== null && (other.resetsAt === null || other.resetsAt > one.resetsAt) ? other : one
}

export function overageOf({ price }: Pick<MeterTerms, 'price'>): MeterOverage {
  return { allowed: price !== null, price: price === null ? null : toAmount(price) }
}

export function toAmount(ncheq: bigint): Amount {
  return { denom: 'ncheq', amount: String(ncheq) }
}
