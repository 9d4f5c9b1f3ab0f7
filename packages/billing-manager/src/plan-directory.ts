import type { Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { readSubscribedPlans, readSubscription } from './typeorm/subscription-store.js'

/** Tells which plan a customer is on, for those who show it. */
export class PlanDirectory {
  /** Takes the database that managers are of, as `agent.yml` gives it. */
  constructor(readonly options: { database: Database }) {}

  /** Undefined where the customer has not begun to use its first plan. */
  async planOf(manager: EntityManager, tenantId: string): Promise<string | undefined> {
    return (await readSubscription(manager, tenantId))?.planId
  }

  /** The same of many customers at once, by their ids; those that have not begun are left out. */
  async plansOf(manager: EntityManager, tenantIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return readSubscribedPlans(manager, tenantIds)
  }
}
