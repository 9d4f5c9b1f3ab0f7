import { limitPeriodAt } from './period.js'

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

/** The budget as it is at an instant: filled anew where a day, week or month has begun since. `epoch` is for that case. */
export function budgetAt(state: BudgetState, now: Date, epoch: string): BudgetState {
  const { refillInterval, refillUnits, filledAt } = state
  if (refillInterval === null || refillUnits === null) return state
  const { start } = intervalAt(refillInterval, now)
  return filledAt >= start ? state : { ...state, remaining: refillUnits, filledAt: start, epoch }
}

/** When a budget is next refilled; null where it is not. */
export function nextRefill({ refillInterval }: BudgetState, now: Date): string | null {
  return refillInterval === null ? null : intervalAt(refillInterval, now).resetsAt
}

/** From midnight, Monday, the 1st; in UTC, whenever the account was made. */
function intervalAt(interval: RefillInterval, now: Date) {
  return limitPeriodAt(interval, { anchorAt: now.toISOString(), trialDays: null, alignment: 'calendar', now })
}
