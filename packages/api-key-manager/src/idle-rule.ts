import { kitErrors } from '@veramo-studio/plugin-kit'

const DAY_MS = 24 * 3_600_000
const LOOK_EVERY_MS = 3_600_000
const MAX_DAYS = 36_500
const DEFAULT_WARNING_DAYS = 7

/** From when on a key that nobody uses has expired. */
export class IdleRule {
  /** Infinity: never. */
  readonly idleMs: number
  readonly warningMs: number
  private lookedAtMs = -Infinity

  /** Throws `setting_invalid` for more days than a hundred years have. */
  constructor({ idleDays, warningDays }: { idleDays: number | undefined; warningDays: number | undefined }) {
    if (idleDays !== undefined && idleDays > MAX_DAYS) {
      throw kitErrors.setting_invalid(`idleDays must be at most ${MAX_DAYS}`)
    }
    this.idleMs = idleDays === undefined ? Infinity : idleDays * DAY_MS
    this.warningMs = Math.min((warningDays ?? DEFAULT_WARNING_DAYS) * DAY_MS, this.idleMs / 2)
  }

  get isOn(): boolean {
    return this.idleMs !== Infinity
  }

  /** @param usedAtMs when the key was last used, or made where it was never used */
  isIdle(usedAtMs: number, nowMs: number): boolean {
    return usedAtMs + this.idleMs <= nowMs
  }

  /** Keys that were used after this have not expired; before all instants where the rule is off. */
  idleSince(now: Date): string {
    return this.isOn ? new Date(now.getTime() - this.idleMs).toISOString() : ''
  }

  /** Keys that were not used after this are warned of. */
  warnSince(now: Date): string {
    return new Date(now.getTime() - this.idleMs + this.warningMs).toISOString()
  }

  /** True once an hour: the keys to warn of are found by looking at all. */
  isLookDue(nowMs: number): boolean {
    if (!this.isOn || nowMs - this.lookedAtMs < LOOK_EVERY_MS) return false
    this.lookedAtMs = nowMs
    return true
  }
}
