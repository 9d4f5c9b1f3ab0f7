import { invalid, pointerTo } from './invalid-configuration.js'
import type { LimitPeriod } from './period.js'
import type { LimitConfiguration, LimitsByPeriod, PlanConfiguration } from './plan.js'

const MAX_PRICE = 2n ** 63n - 1n
/** Keeps what is asked of the database in one statement. */
const MAX_LIMITS = 100
const REPEATED: readonly string[] = ['day', 'week', 'month', 'year'] satisfies LimitPeriod[]

type Pointer = (...tokens: string[]) => string

/** Throws `plans_invalid` for limits and prices that do not go together. */
export function checkPlanTerms(configuration: PlanConfiguration, index: number): void {
  const { limits, prices = {}, trialDays } = configuration
  const at: Pointer = (...tokens) => pointerTo('plans', index, ...tokens)
  let count = 0
  for (const [meter, value] of Object.entries(limits)) {
    if (typeof value === 'object') checkLimits(value, { trialDays, at: (...more) => at('limits', meter, ...more) })
    count += countLimits(value)
  }
  if (count > MAX_LIMITS) throw invalid(at('limits'), `has ${count} limits; at most ${MAX_LIMITS} can be`)
  for (const [meter, price] of Object.entries(prices)) {
    if (!hasSoftLimit(limits[meter])) {
      throw invalid(at('prices', meter), 'there is no limit beyond which this price begins')
    }
    if (BigInt(price) > MAX_PRICE) throw invalid(at('prices', meter), `must be at most ${MAX_PRICE}`)
  }
}

function checkLimits(limits: LimitsByPeriod, { trialDays, at }: { trialDays: number | undefined; at: Pointer }): void {
  if (trialDays === undefined && limits.trial !== undefined) throw invalid(at('trial'), 'the plan has no trialDays')
  if (trialDays !== undefined && limits.month !== undefined) {
    throw invalid(at('month'), 'a trial is counted as one: say trial')
  }
  for (const [per, limit] of Object.entries(limits)) {
    if (typeof limit === 'object') checkLimit(limit, { per, at: (...more) => at(per, ...more) })
  }
}

function countLimits(limits: number | LimitsByPeriod): number {
  if (typeof limits === 'number') return 1
  const counted = (limit: LimitConfiguration) => [limit.limit, limit.max].filter((each) => each !== undefined).length
  return Object.values(limits).reduce<number>((sum, each) => sum + (typeof each === 'number' ? 1 : counted(each)), 0)
}

function checkLimit({ limit, max, rollover }: LimitConfiguration, { per, at }: { per: string; at: Pointer }): void {
  if (limit === undefined && max === undefined) throw invalid(at(), 'needs a limit or a max')
  if (limit !== undefined && max !== undefined && max < limit) throw invalid(at('max'), 'is less than the limit')
  if (rollover === undefined) return
  if (limit === undefined) throw invalid(at('rollover'), 'there is no limit that could go over')
  if (!REPEATED.includes(per)) throw invalid(at('rollover'), 'this period has no next one')
}

function hasSoftLimit(limits: PlanConfiguration['limits'][string] | undefined): boolean {
  if (limits === undefined) return false
  if (typeof limits === 'number') return true
  return Object.values(limits).some((limit) => typeof limit === 'number' || limit.limit !== undefined)
}
