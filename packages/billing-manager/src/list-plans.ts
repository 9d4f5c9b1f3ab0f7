import type { BillingDependencies } from './dependencies.js'
import { overageOf } from './meter-usage.js'
import { unknownPlan } from './plan-catalogue.js'
import type { PlanVersion } from './plan.js'
import type { BillingManagerListPlansArgs, BillingPlan, BillingPlanList } from './types/IBillingManager.js'

export async function listPlans(
  { database, plans }: BillingDependencies,
  { plan }: BillingManagerListPlansArgs,
): Promise<BillingPlanList> {
  const listed = plans.configured.filter(({ planId }) => plan === undefined || planId === plan)
  if (plan !== undefined && listed.length === 0) throw unknownPlan(plan)
  return database.read(async (manager) => {
    const items: BillingPlan[] = []
    for (const { planId } of listed) items.push(toBillingPlan(await plans.inForce(manager, planId)))
    return { items }
  })
}

function toBillingPlan({ plan, version }: PlanVersion): BillingPlan {
  const { planId, trialDays } = plan
  const meters = plan.meters.map((terms) => ({ meter: terms.meter, limit: terms.limit, overage: overageOf(terms) }))
  return { plan: planId, version, trialDays, meters }
}
