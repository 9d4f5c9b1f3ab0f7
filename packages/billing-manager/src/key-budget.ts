/** How much of a budget is left, and how it is refilled. */
export interface BudgetState {
  remaining: bigint
  /** Null: never. */
  refillInterval: RefillInterval | null
  refillUnits: bigint | null
  /** When it was last set or refilled; ISO 8601, UTC. */
  filledAt: string
  /** Another each time that it is filled. */
  epoch: string
}

export type RefillInterval = 'day' | 'week' | 'month'

const DAY_MS = 86_400_000
const DAYS_A_WEEK = 7

/** The budget as it is at an instant: filled anew where a day, week or month has begun since. `epoch` is for that case. */
export function budgetAt(state: BudgetState, now: Date, epoch: string): BudgetState {
  const { refillInterval, refillUnits, filledAt } = state
  if (refillInterval === null || refillUnits === null) return state
  const start = intervalStart(refillInterval, now).toISOString()
  return filledAt >= start ? state : { ...state, remaining: refillUnits, filledAt: start, epoch }
}

/** When a budget is next refilled; null where it is not. */
export function nextRefill({ refillInterval }: BudgetState, now: Date): string | null {
  if (refillInterval === null) return null
  const start = intervalStart(refillInterval, now)
  if (refillInterval === 'month') start.setUTCMonth(start.getUTCMonth() + 1)
  else start.setTime(start.getTime() + (refillInterval === 'day' ? 1 : DAYS_A_WEEK) * DAY_MS)
  return start.toISOString()
}

/** Midnight of the day, of the Monday, of the 1st; in UTC. */
function intervalStart(interval: RefillInterval, now: Date): Date {
  const start = new Date(now)
  start.setUTCHours(0, 0, 0, 0)
  if (interval === 'month') start.setUTCDate(1)
  if (interval === 'week') start.setTime(start.getTime() - ((start.getUTCDay() + 6) % DAYS_A_WEEK) * DAY_MS)
  return start
}
