import type { IAgent } from '@veramo/core-types'
import { AGENT_EVENTS, type BillingEvent } from './billing-event.js'

/** Lets the plugins of the agent hear of what calls of this process have brought about. Nobody waits for them. */
export class Announcer {
  private agent: IAgent | undefined

  constructor(private readonly onError: (error: unknown) => void) {}

  /** From then on its plugins are told. */
  use(agent: IAgent): void {
    this.agent = agent
  }

  announce(events: readonly BillingEvent[]): void {
    const { agent } = this
    if (agent === undefined) return
    for (const { type, data } of events) {
      Promise.resolve(agent.emit(AGENT_EVENTS[type], data)).catch(this.onError)
    }
  }
}
