/** The time that limits are counted for. */
export interface Period {
  /** ISO 8601, UTC, as all times. */
  start: string
  /** The first instant after it. */
  end: string
  /** When limits are given anew; null where they never are. */
  resetsAt: string | null
  /** Whether the plan still gives units; false once a trial is over. */
  givesUnits: boolean
}

export interface PeriodQuestion {
  /** When the account was made. */
  anchorAt: string
  /** Null for a plan that goes on by the month. */
  trialDays: number | null
  now: Date
}

const DAY_MS = 86_400_000

/**
 * The period that an instant lies in. A trial has but one, which stays when it is over. Months are counted from the
 * anchor itself, never from the month before, so that a short month does not move those after it: Jan 31, Feb 28, Mar 31.
 * Before the anchor, where only a clock that was wrong can be, the first period holds.
 */
export function periodAt({ anchorAt, trialDays, now }: PeriodQuestion): Period {
  const anchor = new Date(anchorAt)
  if (trialDays !== null) {
    const end = new Date(anchor.getTime() + trialDays * DAY_MS)
    return { start: anchor.toISOString(), end: end.toISOString(), resetsAt: null, givesUnits: now < end }
  }
  const index = Math.max(0, wholeMonthsBetween(anchor, now))
  const end = addMonths(anchor, index + 1).toISOString()
  return { start: addMonths(anchor, index).toISOString(), end, resetsAt: end, givesUnits: true }
}

function wholeMonthsBetween(anchor: Date, now: Date): number {
  const years = now.getUTCFullYear() - anchor.getUTCFullYear()
  const months = years * 12 + now.getUTCMonth() - anchor.getUTCMonth()
  return addMonths(anchor, months) > now ? months - 1 : months
}

/** The same day and time of another month, or its last day where it has no such day. */
function addMonths(anchor: Date, months: number): Date {
  const moved = new Date(anchor)
  moved.setUTCMonth(anchor.getUTCMonth() + months, 1)
  const lastDay = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate()
  moved.setUTCDate(Math.min(anchor.getUTCDate(), lastDay))
  return moved
}
