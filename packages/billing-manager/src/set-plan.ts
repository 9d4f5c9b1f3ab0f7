import type { IAgent } from '@veramo/core-types'
import { kitErrors } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { BillingDependencies } from './dependencies.js'
import { customerOf } from './find-customer.js'
import { getUsage } from './get-usage.js'
import { givesLess } from './gives-less.js'
import { unknownPlan } from './plan-catalogue.js'
import { findSubscription, readAgreement, type Agreement } from './read-agreement.js'
import {
  insertSubscription,
  lockSubscription,
  updateSubscription,
  type Subscription,
} from './typeorm/subscription-store.js'
import type { BillingManagerSetPlanArgs, BillingUsage } from './types/IBillingManager.js'

/**
 * Periods go on from the same anchor, what is used stays used, and open reservations keep their plan. The allowance of
 * the running period is adjusted when a meter is next used.
 */
export async function setPlan(
  deps: BillingDependencies,
  args: BillingManagerSetPlanArgs,
  agent: IAgent,
): Promise<BillingUsage> {
  const { database, plans } = deps
  const tenantId = customerOf(database, args.customerId)
  if (!plans.isConfigured(args.plan)) throw unknownPlan(args.plan)
  await plans.register()
  const first = await findSubscription(deps, agent, tenantId)
  await database.write((manager) => change(deps, manager, { tenantId, first, args }), { tenantId })
  return getUsage(deps, { customerId: tenantId }, agent)
}

async function change(
  deps: BillingDependencies,
  manager: EntityManager,
  { tenantId, first, args }: { tenantId: string; first: Subscription; args: BillingManagerSetPlanArgs },
): Promise<void> {
  await insertSubscription(manager, { tenantId, ...first })
  const before = await lockSubscription(manager, tenantId)
  if (before === undefined) throw kitErrors.not_found('customer not found')
  const agreement = await readAgreement(deps, manager, { tenantId, subscription: before })
  const after = await changed(deps, manager, { agreement, args })
  await updateSubscription(manager, { tenantId, before, after })
}

async function changed(
  { plans, clock }: BillingDependencies,
  manager: EntityManager,
  { agreement, args }: { agreement: Agreement; args: BillingManagerSetPlanArgs },
): Promise<Subscription> {
  const { subscription, plan, period } = agreement
  const unchanged = { ...subscription, nextPlanId: null, nextPlanAt: null }
  if (args.plan === plan.planId) return unchanged
  const now = clock.now().toISOString()
  const { plan: next } = await plans.inForce(manager, args.plan)
  const { effective = givesLess(next, plan) ? 'period_end' : 'now' } = args
  // A trial that is over has no end to wait for.
  if (effective === 'now' || period.end <= now) return { ...unchanged, planId: args.plan, updatedAt: now }
  return { ...unchanged, nextPlanId: args.plan, nextPlanAt: period.end }
}
