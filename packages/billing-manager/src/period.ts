/** What a limit is counted for. `trial`: all of a trial. `total`: as long as the account is there. */
export type LimitPeriod = 'day' | 'week' | 'month' | 'year' | 'total' | 'trial'

/** `account`: counted from when the account was made. `calendar`: from midnight, Monday, the 1st, January 1st; in UTC. */
export type PeriodAlignment = 'account' | 'calendar'

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

/** What a customer's periods are counted by. */
export interface PeriodRule {
  /** When the account was made. */
  anchorAt: string
  /** Null for a plan that goes on by the month. */
  trialDays: number | null
  /** Default `account`. */
  alignment?: PeriodAlignment
}

export interface PeriodQuestion extends PeriodRule {
  now: Date
}

export type RepeatedPeriod = Exclude<LimitPeriod, 'total' | 'trial'>

const DAY_MS = 86_400_000
/** A Monday, and the first day of a year: all of the calendar's periods can be counted from it. */
const CALENDAR_ORIGIN = '1900-01-01T00:00:00.000Z'

/**
 * The period that an instant lies in. A trial has but one, which stays when it is over. Months are counted from the
 * anchor itself, never from the month before, so that a short month does not move those after it: Jan 31, Feb 28, Mar 31.
 * Before the anchor, where only a clock that was wrong can be, the first period holds.
 */
export function periodAt({ now, ...rule }: PeriodQuestion): Period {
  if (rule.trialDays !== null) {
    const end = trialEnd(rule.anchorAt, rule.trialDays)
    return { start: instant(rule.anchorAt), end: end.toISOString(), resetsAt: null, givesUnits: now < end }
  }
  const index = periodIndex('month', rule, now)
  const end = periodStart('month', rule, index + 1)
  return { start: periodStart('month', rule, index), end, resetsAt: end, givesUnits: true }
}

/** Where a limit begins to be counted that holds at an instant, and when it is given anew. */
export function limitPeriodAt(per: LimitPeriod, { now, ...rule }: PeriodQuestion): Pick<Period, 'start' | 'resetsAt'> {
  if (per === 'total' || per === 'trial') return { start: instant(rule.anchorAt), resetsAt: null }
  const index = periodIndex(per, rule, now)
  return { start: periodStart(per, rule, index), resetsAt: periodStart(per, rule, index + 1) }
}

export function trialEnd(anchorAt: string, trialDays: number): Date {
  return new Date(new Date(anchorAt).getTime() + trialDays * DAY_MS)
}

/** The number of the period that an instant lies in; the first is 0. */
export function periodIndex(per: RepeatedPeriod, rule: PeriodRule, now: Date): number {
  const origin = originOf(rule)
  const index =
    per === 'day' || per === 'week'
      ? Math.floor((now.getTime() - origin.getTime()) / lengthMs(per))
      : Math.floor(wholeMonthsBetween(origin, now) / monthsIn(per))
  return Math.max(0, index)
}

export function periodStart(per: RepeatedPeriod, rule: PeriodRule, index: number): string {
  const origin = originOf(rule)
  const start =
    per === 'day' || per === 'week'
      ? new Date(origin.getTime() + index * lengthMs(per))
      : addMonths(origin, index * monthsIn(per))
  return start.toISOString()
}

function originOf({ anchorAt, alignment = 'account' }: PeriodRule): Date {
  return new Date(alignment === 'calendar' ? CALENDAR_ORIGIN : anchorAt)
}

function lengthMs(per: 'day' | 'week'): number {
  return per === 'day' ? DAY_MS : 7 * DAY_MS
}

function monthsIn(per: 'month' | 'year'): number {
  return per === 'month' ? 1 : 12
}

function instant(text: string): string {
  return new Date(text).toISOString()
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
