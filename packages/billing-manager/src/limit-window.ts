import type { MeterPeriod } from './account-codes.js'
import { limitPeriodAt, periodAt, type Period, type PeriodRule } from './period.js'
import { isMain, type MeterLimit, type MeterTerms } from './plan.js'

/** A limit in the period that it is counted for now. `meter` is the name that its units are counted by. */
export interface LimitWindow extends MeterPeriod {
  limit: MeterLimit
  /** When it is given anew; null where it never is. */
  resetsAt: string | null
  /** False once a trial is over, which gives no more. */
  isOpen: boolean
}

/** A plan's own period, and the limits of a meter that hold now. */
export interface MeterWindows {
  period: Period
  windows: LimitWindow[]
}

export function windowsAt({ meter, limits }: MeterTerms, rule: PeriodRule, now: Date): MeterWindows {
  const period = periodAt({ ...rule, now })
  const windows = limits.map((limit): LimitWindow => {
    const { start, resetsAt } = limitPeriodAt(limit.per, { ...rule, now })
    // What nobody gets past in a day goes on to hold when money pays after a trial.
    const isOpen = period.givesUnits || (limit.isHard && limit.per !== 'trial')
    return { meter: countedAs(meter, limit), periodStart: start, limit, resetsAt: isOpen ? resetsAt : null, isOpen }
  })
  return { period, windows }
}

/** No meter has a slash in its name: each limit has accounts of its own. */
export function countedAs(meter: string, limit: Pick<MeterLimit, 'per' | 'isHard'>): string {
  if (isMain(limit)) return meter
  return limit.isHard ? `${meter}/${limit.per}/max` : `${meter}/${limit.per}`
}
