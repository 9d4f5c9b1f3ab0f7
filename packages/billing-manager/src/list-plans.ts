import type { BillingDependencies } from './dependencies.js'
import { overageOf } from './meter-usage.js'
import { unknownPlan } from './plan-catalogue.js'
import { isMain, isPlain, type MeterTerms, type PlanVersion } from './plan.js'
import type { BillingManagerListPlansArgs, BillingPlan, BillingPlanList, PlanMeter } from './types/IBillingManager.js'

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
  const { planId, trialDays, then, alignment } = plan
  return {
    ...{ plan: planId, version, trialDays, meters: plan.meters.map(toPlanMeter) },
    ...(then !== null && { then }),
    ...(alignment === 'calendar' && { periods: alignment }),
  }
}

function toPlanMeter(terms: MeterTerms): PlanMeter {
  const limits = terms.limits.map(({ per, limit, isHard, rollover }) => ({ per, limit, hard: isHard, rollover }))
  const main = terms.limits.find(isMain) ?? terms.limits[0]
  return {
    ...{ meter: terms.meter, limit: main?.limit ?? 0, overage: overageOf(terms) },
    ...(!isPlain(terms) && { limits }),
  }
}
