import type { Clock } from '@veramo-studio/plugin-kit'

export interface RetryScheduleOptions {
  clock: Clock
  /** Before the second attempt; twice as long before each one after it. */
  firstDelayMs: number
  longestDelayMs: number
}

/** When what has failed is tried again, by its key. Known to this process alone: one that starts tries all at once. */
export class RetrySchedule {
  private readonly postponed = new Map<string, { attempts: number; dueAtMs: number }>()

  constructor(private readonly options: RetryScheduleOptions) {}

  isDue(key: string): boolean {
    const entry = this.postponed.get(key)
    return entry === undefined || entry.dueAtMs <= this.options.clock.now().getTime()
  }

  postpone(key: string): void {
    const { clock, firstDelayMs, longestDelayMs } = this.options
    const attempts = this.postponed.get(key)?.attempts ?? 0
    const delayMs = Math.min(firstDelayMs * 2 ** attempts, longestDelayMs)
    this.postponed.set(key, { attempts: attempts + 1, dueAtMs: clock.now().getTime() + delayMs })
  }

  forget(key: string): void {
    this.postponed.delete(key)
  }
}
