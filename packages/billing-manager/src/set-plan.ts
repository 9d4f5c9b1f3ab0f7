import type { IAgent } from '@veramo/core-types'
import type { BillingDependencies } from './dependencies.js'
import { customerOf } from './find-customer.js'
import { getUsage } from './get-usage.js'
import { unknownPlan } from './plan-catalogue.js'
import { findSubscription } from './read-agreement.js'
import { insertSubscription, updateSubscribedPlan } from './typeorm/subscription-store.js'
import type { BillingManagerSetPlanArgs, BillingUsage } from './types/IBillingManager.js'

/**
 * Periods go on from the same anchor, what is used stays used, and open reservations keep their plan. The allowance of
 * the running period is adjusted when a meter is next used.
 */
export async function setPlan(
  deps: BillingDependencies,
  { customerId, plan }: BillingManagerSetPlanArgs,
  agent: IAgent,
): Promise<BillingUsage> {
  const { database, plans, clock, customers } = deps
  const tenantId = customerOf(database, customerId)
  if (!plans.isConfigured(plan)) throw unknownPlan(plan)
  await plans.register()
  const { anchorAt } = await findSubscription(deps, agent, tenantId)
  const row = { tenantId, planId: plan, anchorAt, updatedAt: clock.now().toISOString() }
  await database.write(
    async (manager) => {
      await customers?.hold(manager, tenantId)
      await insertSubscription(manager, row)
      await updateSubscribedPlan(manager, row)
    },
    { tenantId },
  )
  return getUsage(deps, { customerId: tenantId }, agent)
}
