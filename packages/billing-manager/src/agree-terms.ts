import type { EntityManager } from 'typeorm'
import { adjustAllowance, openAllowance, type OpenedAllowance } from './adjust-allowance.js'
import type { BillingDependencies } from './dependencies.js'
import { dueChange } from './due-change.js'
import type { AllowanceQuestion } from './foresee-allowance.js'
import { windowsAt } from './limit-window.js'
import type { Period, PeriodRule } from './period.js'
import { unknownPlan } from './plan-catalogue.js'
import { termsOf, type MeterTerms, type Plan, type PlanVersion } from './plan.js'
import type { LimitState } from './read-limits.js'
import { readAllowance, type Allowance } from './typeorm/allowance-store.js'
import { readStanding, type Standing, type StandingQuery } from './typeorm/standing-store.js'
import { updateSubscription, type Subscription } from './typeorm/subscription-store.js'

/** What a call is decided by. */
export interface Terms {
  version: PlanVersion
  terms: MeterTerms
  /** The plan's own. */
  period: Period
  /** The meter's limits, as they stand now. */
  limits: LimitState[]
}

/** A customer, the plan that it is on now, and what the plan says of a meter. */
interface Agreed {
  tenantId: string
  standing: Standing
  version: PlanVersion
  meter: string
  now: Date
}

/** An agreed change of plan can be followed by the end of a trial, and that by no more. */
const MAX_CHANGES = 4

/** How a customer stands, after what has become due by now. Undefined where it has no subscription. */
export async function currentStanding(
  { plans }: Pick<BillingDependencies, 'plans'>,
  manager: EntityManager,
  { query, now }: { query: StandingQuery; now: Date },
): Promise<{ standing: Standing; version: PlanVersion | undefined } | undefined> {
  const { tenantId } = query
  for (let changes = 0; ; changes += 1) {
    const standing = await readStanding(manager, query)
    if (standing === undefined) return undefined
    const { planId, planVersion } = standing
    if (planVersion === null) return { standing, version: undefined }
    const version = await plans.version(manager, planId, planVersion)
    const due = changes < MAX_CHANGES ? dueChange(toSubscription(standing), version.plan, now) : undefined
    if (due === undefined) return { standing, version }
    await updateSubscription(manager, { tenantId, before: standing, after: due })
  }
}

/** What the customer's plan says now, after it has given what it gives. */
export async function agreeTerms(
  { ledger }: Pick<BillingDependencies, 'ledger'>,
  manager: EntityManager,
  { tenantId, standing, version, meter, now }: Agreed,
): Promise<Terms> {
  const { plan } = version
  const terms = termsOf(plan, meter)
  const rule = ruleOf(plan, standing)
  const { period, windows } = windowsAt(terms, rule, now)
  const since = sinceOf(version, standing)
  const found: (OpenedAllowance | Allowance)[] = []
  for (const window of windows) {
    const question = { tenantId, meter, window, rule, since }
    const known = await knownAllowance(manager, question, standing.allowance)
    found.push(known ?? (await openAllowance(manager, question)))
  }
  const limits: LimitState[] = []
  for (const [index, window] of windows.entries()) {
    const each = found[index] ?? NOTHING
    const { granted, rolledOver } = 'question' in each ? await adjustAllowance(ledger, manager, each) : each
    limits.push({ ...window, granted, rolledOver, usedBefore: 0n, countedBefore: 0n })
  }
  return { version, terms, period, limits }
}

const NOTHING: Allowance = { granted: 0n, rolledOver: 0n }

/** Undefined where a period is still to be given what its limit says. */
async function knownAllowance(
  manager: EntityManager,
  { tenantId, meter, window }: AllowanceQuestion,
  newest: Standing['allowance'],
): Promise<Allowance | undefined> {
  const isNewest = window.meter === meter && newest?.periodStart === window.periodStart
  const known = isNewest ? newest : await readAllowance(manager, { ...window, tenantId })
  const isGiven = known?.granted === BigInt(window.limit.limit) + (known?.rolledOver ?? 0n)
  return isGiven || !window.isOpen ? (known ?? NOTHING) : undefined
}

export function ruleOf({ trialDays, alignment }: Plan, { anchorAt }: Pick<Subscription, 'anchorAt'>): PeriodRule {
  return { anchorAt, trialDays, alignment }
}

/** Since when a customer has had the terms of a plan's version. */
export function sinceOf({ createdAt }: PlanVersion, { updatedAt }: Pick<Subscription, 'updatedAt'>): string {
  return createdAt > updatedAt ? createdAt : updatedAt
}

function toSubscription({ planId, anchorAt, updatedAt, nextPlanId, nextPlanAt }: Standing): Subscription {
  return { planId, anchorAt, updatedAt, nextPlanId, nextPlanAt }
}

/** Throws `plan_unknown` where no version of the plan is kept. */
export function assertVersion(version: PlanVersion | undefined, planId: string): asserts version is PlanVersion {
  if (version === undefined) throw unknownPlan(planId)
}
