import type { LeftOpenCall } from './left-open-calls.js'
import { PeriodicWork } from './periodic-work.js'
import { recoverReservations, type RecoveryDependencies, type RecoverySummary } from './recover-reservations.js'
import { resolveBroadcasts, type BroadcastDependencies } from './resolve-broadcasts.js'

export interface RecoveryWorkerOptions {
  /** Between two passes. */
  intervalMs: number
  /** Hears of passes that failed. The next one is tried all the same. */
  onError: (error: unknown) => void
}

/** Recovers once, or again and again. */
export class RecoveryWorker {
  private readonly reservations: PeriodicWork
  /** Beside the others: a chain that does not answer keeps no other reservation from its end. */
  private readonly broadcasts: PeriodicWork

  constructor(
    private readonly deps: RecoveryDependencies & BroadcastDependencies,
    { intervalMs, onError }: RecoveryWorkerOptions,
  ) {
    const recoverAll = async () => {
      try {
        await recoverReservations(deps)
      } finally {
        // What it has left to the chains is asked for at once.
        this.broadcasts.kick()
      }
    }
    this.reservations = new PeriodicWork({ work: recoverAll, intervalMs, onError })
    this.broadcasts = new PeriodicWork({ work: () => resolveBroadcasts(deps), intervalMs, onError })
  }

  async recover(): Promise<RecoverySummary> {
    return this.reservations.once(async () => {
      const ended = await recoverReservations(this.deps)
      const resolved = await resolveBroadcasts(this.deps)
      return { settled: ended.settled + resolved.settled, voided: ended.voided + resolved.voided }
    })
  }

  /**
   * Hands a call of this process to recovery. Where the worker runs, a pass comes at once, and this resolves after it,
   * whether it could end the call or has to try again.
   */
  async leaveOpen(call: LeftOpenCall): Promise<void> {
    this.deps.leftOpen.add(call)
    await this.reservations.hurry()
  }

  /** Asks at once what became of transactions. */
  async lookUp(): Promise<void> {
    await this.broadcasts.hurry()
  }

  /** Runs a pass at once, and then one each interval. */
  start(): void {
    this.reservations.start()
    this.broadcasts.start()
  }

  /** Resolves when the passes that run have ended. */
  async stop(): Promise<void> {
    await this.reservations.stop()
    await this.broadcasts.stop()
  }
}
