import type { IAgent } from '@veramo/core-types'
import type { EntityManager } from 'typeorm'
import type { BillingDependencies } from './dependencies.js'
import { nextChange } from './due-change.js'
import { customerOf } from './find-customer.js'
import { toMeterUsage } from './meter-usage.js'
import { findSubscription, readAgreement, readMeterLimits } from './read-agreement.js'
import { readLimitCounts } from './read-limits.js'
import type { Subscription } from './typeorm/subscription-store.js'
import type { BillingManagerGetUsageArgs, BillingUsage } from './types/IBillingManager.js'

/** Writes nothing, also where nothing has been used yet. */
export async function getUsage(
  deps: BillingDependencies,
  args: BillingManagerGetUsageArgs,
  agent: IAgent,
): Promise<BillingUsage> {
  const tenantId = customerOf(deps.database, args.customerId)
  const subscription = await findSubscription(deps, agent, tenantId)
  return deps.database.read((manager) => readUsage(deps, manager, { tenantId, subscription }), { tenantId })
}

async function readUsage(
  deps: BillingDependencies,
  manager: EntityManager,
  customer: { tenantId: string; subscription: Subscription },
): Promise<BillingUsage> {
  const agreement = await readAgreement(deps, manager, customer)
  const { tenantId, plan, period, subscription } = agreement
  const limits = await readMeterLimits(deps, manager, { agreement, meters: plan.meters })
  // One statement for all of them, so that their counts belong together.
  const counts = await readLimitCounts(deps.ledger, manager, { tenantId, windows: limits.flat() })
  const meters = plan.meters.map((terms, index) => {
    const states = limits[index] ?? []
    return toMeterUsage(terms, states, counts.splice(0, states.length))
  })
  const next = nextChange(subscription, plan)
  return { plan: plan.planId, period: { start: period.start, end: period.end }, meters, ...(next && { next }) }
}
