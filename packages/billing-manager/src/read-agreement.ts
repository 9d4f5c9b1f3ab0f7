import type { IAgent } from '@veramo/core-types'
import type { EntityManager } from 'typeorm'
import type { BillingDependencies } from './dependencies.js'
import { firstSubscription } from './find-customer.js'
import { periodAt, type Period } from './period.js'
import type { Plan } from './plan.js'
import { readSubscription, type Subscription } from './typeorm/subscription-store.js'

/** The plan that a customer is on, and its period now. */
export interface Agreement {
  plan: Plan
  period: Period
}

/** As it is, or as it will be with the customer's first metered call. */
export async function findSubscription(
  deps: BillingDependencies,
  agent: IAgent,
  tenantId: string,
): Promise<Subscription> {
  const known = await deps.database.read((manager) => readSubscription(manager, tenantId))
  return known ?? firstSubscription(deps, agent, tenantId)
}

export async function readAgreement(
  { plans, clock }: BillingDependencies,
  manager: EntityManager,
  { planId, anchorAt }: Subscription,
): Promise<Agreement> {
  const { plan } = await plans.inForce(manager, planId)
  return { plan, period: periodAt({ anchorAt, trialDays: plan.trialDays, now: clock.now() }) }
}
