import type { IAgent } from '@veramo/core-types'
import type { Clock } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { ruleOf, sinceOf } from './agree-terms.js'
import type { BillingDependencies } from './dependencies.js'
import { dueChange } from './due-change.js'
import { firstSubscription } from './find-customer.js'
import { windowsAt } from './limit-window.js'
import { periodAt, type Period } from './period.js'
import type { PlanCatalogue } from './plan-catalogue.js'
import type { MeterTerms, Plan, PlanVersion } from './plan.js'
import { readLimitStates, type LimitState } from './read-limits.js'
import { readSubscription, type Subscription } from './typeorm/subscription-store.js'

/** The plan that a customer is on, and its period now. */
export interface Agreement {
  tenantId: string
  subscription: Subscription
  version: PlanVersion
  plan: Plan
  period: Period
}

/** An agreed change of plan can be followed by the end of a trial, and that by no more. */
const MAX_CHANGES = 4

/** As it is, or as it will be with the customer's first metered call. */
export async function findSubscription(
  deps: BillingDependencies,
  agent: IAgent,
  tenantId: string,
): Promise<Subscription> {
  const known = await deps.database.read((manager) => readSubscription(manager, tenantId), { tenantId })
  return known ?? firstSubscription(deps, agent, tenantId)
}

/** Writes nothing: what has become due is taken as done. */
export async function readAgreement(
  { plans, clock }: { plans: Pick<PlanCatalogue, 'inForce'>; clock: Clock },
  manager: EntityManager,
  { tenantId, ...found }: { tenantId: string; subscription: Subscription },
): Promise<Agreement> {
  const now = clock.now()
  let { subscription } = found
  let version = await plans.inForce(manager, subscription.planId)
  for (let changes = 0; changes < MAX_CHANGES; changes += 1) {
    const due = dueChange(subscription, version.plan, now)
    if (due === undefined) break
    subscription = due
    version = await plans.inForce(manager, subscription.planId)
  }
  const { plan } = version
  return { tenantId, subscription, version, plan, period: periodAt({ ...ruleOf(plan, subscription), now }) }
}

/** How the limits of some meters stand, in the order of the meters. */
export async function readMeterLimits(
  { ledger, clock }: Pick<BillingDependencies, 'ledger' | 'clock'>,
  manager: EntityManager,
  { agreement, meters }: { agreement: Agreement; meters: readonly MeterTerms[] },
): Promise<LimitState[][]> {
  const { tenantId, subscription, version, plan } = agreement
  const rule = ruleOf(plan, subscription)
  const now = clock.now()
  const windows = meters.map((terms) => windowsAt(terms, rule, now).windows)
  const states = await readLimitStates(ledger, manager, {
    terms: { tenantId, rule, since: sinceOf(version, subscription) },
    windows: windows.flatMap((each, index) => {
      const meter = meters[index]?.meter ?? ''
      return each.map((window) => ({ meter, window }))
    }),
  })
  return windows.map((each) => states.splice(0, each.length))
}
