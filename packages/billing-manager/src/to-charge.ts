import type { Terms } from './agree-terms.js'
import type { Charge, ChargedLimit } from './plan-legs.js'
import type { LimitState } from './read-limits.js'
import type { BillingNetwork } from './types/IBillingManager.js'

/** What units of a meter are to be paid by, under the terms of a plan. */
export function toCharge(
  { terms, period, limits }: Pick<Terms, 'terms' | 'period' | 'limits'>,
  { units, network }: { units: bigint; network: BillingNetwork },
): Charge {
  return {
    ...{ meter: terms.meter, periodStart: period.start, units, price: terms.price, network },
    isGiven: period.givesUnits,
    limits: limits.map(({ meter, periodStart, limit }) => ({ meter, periodStart, isHard: limit.isHard })),
  }
}

/** When the last of the limits is given anew that stand in the way; null where one of them never is, or none does. */
export function resetOf(short: readonly ChargedLimit[], limits: readonly LimitState[]): string | null {
  let latest: string | null = null
  for (const { meter } of short) {
    const reset = limits.find((limit) => limit.meter === meter)?.resetsAt ?? null
    if (reset === null) return null
    if (latest === null || reset > latest) latest = reset
  }
  return latest
}
