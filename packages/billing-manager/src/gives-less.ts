import { termsOf, type MeterLimit, type MeterTerms, type Plan } from './plan.js'

/**
 * Whether a customer loses by a change of plan: it gets fewer units of a meter in one of the periods (a trial counts as a
 * month), a meter is limited by a period that it was not limited by, or more of one is no longer sold. Prices do not count.
 */
export function givesLess(next: Plan, current: Plan): boolean {
  const meters = new Set([...current.meters, ...next.meters].map(({ meter }) => meter))
  return [...meters].some((meter) => isLess(termsOf(next, meter), termsOf(current, meter)))
}

function isLess(next: MeterTerms, current: MeterTerms): boolean {
  if (current.price !== null && next.price === null) return true
  // Who had nothing has nothing to lose.
  if (current.price === null && current.limits.some(({ limit }) => limit === 0)) return false
  return next.limits.some((limit) => {
    const before = current.limits.find((each) => isSamePeriod(each, limit))
    return before === undefined || limit.limit < before.limit
  })
}

function isSamePeriod(one: MeterLimit, other: MeterLimit): boolean {
  const periodOf = ({ per }: MeterLimit) => (per === 'trial' ? 'month' : per)
  return one.isHard === other.isHard && periodOf(one) === periodOf(other)
}
