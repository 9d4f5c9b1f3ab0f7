import { systemClock, type Clock, type Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { PlanCatalogue } from './plan-catalogue.js'
import { readAgreement } from './read-agreement.js'
import { readSubscription } from './typeorm/subscription-store.js'

/** Tells which plan a customer is on, for those who show it. */
export class PlanDirectory {
  private readonly clock: Clock
  private readonly plans: PlanCatalogue

  /** Takes the database that managers are of, as `agent.yml` gives it. */
  constructor({ database, clock = systemClock }: { database: Database; clock?: Clock }) {
    this.clock = clock
    this.plans = new PlanCatalogue({ database, clock, configured: [] })
  }

  /** Undefined where the customer has not begun to use its first plan. */
  async planOf(manager: EntityManager, tenantId: string): Promise<string | undefined> {
    const subscription = await readSubscription(manager, tenantId)
    if (subscription === undefined) return undefined
    return (await readAgreement({ plans: this.plans, clock: this.clock }, manager, { tenantId, subscription })).plan
      .planId
  }
}
