import { systemClock, type Clock, type Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { latestVersion } from './plan-catalogue.js'
import { readAgreement } from './read-agreement.js'
import { readSubscription } from './typeorm/subscription-store.js'

/** Tells which plan a customer is on, for those who show it. */
export class PlanDirectory {
  /** Of any database: managers bring theirs. */
  constructor(readonly options: { database?: Database; clock?: Clock } = {}) {}

  /** Undefined where the customer has not begun to use its first plan. */
  async planOf(manager: EntityManager, tenantId: string): Promise<string | undefined> {
    const subscription = await readSubscription(manager, tenantId)
    if (subscription === undefined) return undefined
    const kept = { plans: { inForce: latestVersion }, clock: this.options.clock ?? systemClock }
    return (await readAgreement(kept, manager, { tenantId, subscription })).plan.planId
  }
}
