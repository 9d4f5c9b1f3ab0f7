import { deliverEvents, type DeliveryDependencies, type DeliverySummary } from './deliver-events.js'
import { noteEndingTrials } from './note-ending-trials.js'
import { PeriodicWork, type PeriodicWorkOptions } from './periodic-work.js'

/** Tells customers what they are to hear of, once, or again and again. */
export class EventSender {
  private readonly periodic: PeriodicWork

  constructor(
    private readonly deps: DeliveryDependencies,
    options: Omit<PeriodicWorkOptions, 'work'>,
  ) {
    this.periodic = new PeriodicWork({ ...options, work: () => this.pass() })
  }

  send(): Promise<DeliverySummary> {
    return this.periodic.once(() => this.pass())
  }

  start(): void {
    this.periodic.start()
  }

  async stop(): Promise<void> {
    await this.periodic.stop()
  }

  private async pass(): Promise<DeliverySummary> {
    await noteEndingTrials(this.deps)
    return deliverEvents(this.deps)
  }
}
