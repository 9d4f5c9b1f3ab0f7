import { AsyncResource } from 'node:async_hooks'
import type { IAgent } from '@veramo/core-types'
import type { BalanceWatch } from './balance-watch.js'

export interface BalanceWatchWorkerOptions {
  /** Between two passes. */
  intervalMs: number
  /** Hears of passes that failed. The next one is tried all the same. */
  onError: (error: unknown) => void
}

/** Checks balances again and again. */
export class BalanceWatchWorker {
  private timer: NodeJS.Timeout | undefined
  private passing: Promise<unknown> | undefined
  // A pass belongs to no call, also where one has started it.
  private readonly outsideOfCalls = AsyncResource.bind((work: () => void) => work())

  constructor(
    private readonly watch: BalanceWatch,
    private readonly options: BalanceWatchWorkerOptions,
  ) {}

  /** Runs a pass at once, and then one each interval. */
  start(agent: IAgent): void {
    if (this.timer !== undefined || this.watch.isIdle) return
    this.outsideOfCalls(() => {
      this.timer = setInterval(() => this.pass(agent), this.options.intervalMs)
      this.timer.unref()
      this.pass(agent)
    })
  }

  /** Resolves when the pass that runs has ended. */
  async stop(): Promise<void> {
    clearInterval(this.timer)
    this.timer = undefined
    await this.passing
  }

  private pass(agent: IAgent): void {
    this.passing ??= this.watch
      .check(agent)
      .catch(this.options.onError)
      .finally(() => {
        this.passing = undefined
      })
  }
}
