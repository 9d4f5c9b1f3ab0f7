import { AsyncResource } from 'node:async_hooks'
import type { LeftOpenCall } from './left-open-calls.js'
import { recoverReservations, type RecoveryDependencies, type RecoverySummary } from './recover-reservations.js'

export interface RecoveryWorkerOptions {
  /** Between two passes. */
  intervalMs: number
  /** Hears of passes that failed. The next one is tried all the same. */
  onError: (error: unknown) => void
}

/** Recovers once, or again and again. */
export class RecoveryWorker {
  private timer: NodeJS.Timeout | undefined
  private passing: Promise<unknown> | undefined
  // A pass belongs to no call, also where one has started it: it ends calls.
  private readonly outsideOfCalls = AsyncResource.bind(<T>(work: () => T) => work())

  constructor(
    private readonly deps: RecoveryDependencies,
    private readonly options: RecoveryWorkerOptions,
  ) {}

  recover(): Promise<RecoverySummary> {
    return this.outsideOfCalls(() => recoverReservations(this.deps))
  }

  /**
   * Hands a call of this process to recovery. Where the worker runs, a pass comes at once, and this resolves after it,
   * whether it could end the call or has to try again.
   */
  async leaveOpen(call: LeftOpenCall): Promise<void> {
    this.deps.leftOpen.add(call)
    if (this.timer === undefined) return
    await this.passing
    this.outsideOfCalls(() => this.pass())
    await this.passing
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

  /** Resolves when the pass that runs has ended. */
  async stop(): Promise<void> {
    clearInterval(this.timer)
    this.timer = undefined
    await this.passing
  }

  private pass(): void {
    this.passing ??= this.recover()
      .catch(this.options.onError)
      .finally(() => {
        this.passing = undefined
      })
  }
}
