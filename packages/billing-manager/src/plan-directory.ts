import { systemClock, type Clock, type Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { PlanVersion } from './plan.js'
import { latestVersion, type PlanCatalogue } from './plan-catalogue.js'
import { readAgreement } from './read-agreement.js'
import { readSubscriptions } from './typeorm/subscription-store.js'

/** Tells which plan a customer is on, for those who show it. */
export class PlanDirectory {
  /** Of any database: managers bring theirs. */
  constructor(readonly options: { database?: Database; clock?: Clock } = {}) {}

  /** Undefined where the customer has not begun to use its first plan. */
  async planOf(manager: EntityManager, tenantId: string): Promise<string | undefined> {
    return (await this.plansOf(manager, [tenantId])).get(tenantId)
  }

  /** The same of many customers at once, by their ids; those that have not begun are left out. */
  async plansOf(manager: EntityManager, tenantIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const plansOf = new Map<string, string>()
    const { clock = systemClock } = this.options
    const plans = latestVersions()
    for (const { tenantId, ...subscription } of await readSubscriptions(manager, tenantIds)) {
      const { plan } = await readAgreement({ plans, clock }, manager, { tenantId, subscription })
      plansOf.set(tenantId, plan.planId)
    }
    return plansOf
  }
}

/** Many customers are on few plans: each is read once, which also makes it the same for all of them. */
function latestVersions(): Pick<PlanCatalogue, 'inForce'> {
  const known = new Map<string, Promise<PlanVersion>>()
  return {
    inForce: (manager, planId) => {
      const version = known.get(planId) ?? latestVersion(manager, planId)
      known.set(planId, version)
      return version
    },
  }
}
