import { AsyncResource } from 'node:async_hooks'

export interface PeriodicWorkOptions {
  work: () => Promise<unknown>
  /** Between two passes. */
  intervalMs: number
  /** Hears of passes that failed. The next one is tried all the same. */
  onError: (error: unknown) => void
}

/** Does work again and again, one pass at a time, outside of any call. */
export class PeriodicWork {
  private timer: NodeJS.Timeout | undefined
  private passing: Promise<unknown> | undefined
  // A pass belongs to no call, also where one has started it.
  private readonly outsideOfCalls = AsyncResource.bind(<T>(work: () => T) => work())

  constructor(private readonly options: PeriodicWorkOptions) {}

  /** Does other work outside of any call, beside the passes. */
  once<T>(work: () => Promise<T>): Promise<T> {
    return this.outsideOfCalls(work)
  }

  /** Runs a pass at once, and then one each interval. */
  start(): void {
    if (this.timer !== undefined) return
    this.outsideOfCalls(() => {
      this.timer = setInterval(() => this.pass(), this.options.intervalMs)
      this.timer.unref()
      this.pass()
    })
  }

  /** A pass at once, unless one is under way. */
  kick(): void {
    if (this.timer !== undefined) this.outsideOfCalls(() => this.pass())
  }

  /** Where the work runs, resolves after a pass that has begun after this was called. */
  async hurry(): Promise<void> {
    await this.passing
    this.kick()
    await this.passing
  }

  /** Resolves when the pass that runs has ended. */
  async stop(): Promise<void> {
    clearInterval(this.timer)
    this.timer = undefined
    await this.passing
  }

  private pass(): void {
    this.passing ??= this.options
      .work()
      .catch(this.options.onError)
      .finally(() => {
        this.passing = undefined
      })
  }
}
