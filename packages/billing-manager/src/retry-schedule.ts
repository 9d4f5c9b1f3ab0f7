import type { Clock } from '@veramo-studio/plugin-kit'

export interface RetryScheduleOptions {
  clock: Clock
  /** Before the second attempt; twice as long before each one after it. */
  firstDelayMs: number
  longestDelayMs: number
  /** Of how many it is known; of more, those that failed longest ago are tried at once. Default 10,000. */
  maxEntries?: number
}

const DEFAULT_MAX_ENTRIES = 10_000

/** When what has failed is tried again, by its key. Known to this process alone: one that starts tries all at once. */
export class RetrySchedule {
  private readonly postponed = new Map<string, { attempts: number; dueAtMs: number }>()

  constructor(private readonly options: RetryScheduleOptions) {}

  isDue(key: string): boolean {
    const entry = this.postponed.get(key)
    return entry === undefined || entry.dueAtMs <= this.options.clock.now().getTime()
  }

  postpone(key: string): void {
    const { clock, firstDelayMs, longestDelayMs, maxEntries = DEFAULT_MAX_ENTRIES } = this.options
    const attempts = this.postponed.get(key)?.attempts ?? 0
    const delayMs = Math.min(firstDelayMs * 2 ** attempts, longestDelayMs)
    // Last in the order of the map. What another process has brought to its end is never asked for again.
    this.postponed.delete(key)
    this.postponed.set(key, { attempts: attempts + 1, dueAtMs: clock.now().getTime() + delayMs })
    const [oldest] = this.postponed.keys()
    if (this.postponed.size > maxEntries && oldest !== undefined) this.postponed.delete(oldest)
  }

  forget(key: string): void {
    this.postponed.delete(key)
  }
}
