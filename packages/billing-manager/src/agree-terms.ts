import type { EntityManager } from 'typeorm'
import { adjustAllowance, openAllowance, type OpenedAllowance } from './adjust-allowance.js'
import type { BillingDependencies } from './dependencies.js'
import { dueChange } from './due-change.js'
import { windowsAt, type LimitWindow } from './limit-window.js'
import type { Period, PeriodRule } from './period.js'
import { unknownPlan } from './plan-catalogue.js'
import { termsOf, type MeterTerms, type Plan, type PlanVersion } from './plan.js'
import type { LimitState } from './read-limits.js'
import { readAllowances, type Allowance } from './typeorm/allowance-store.js'
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
  agreed: Agreed,
): Promise<Terms> {
  const { tenantId, standing, version, meter } = agreed
  const { rule, terms, period, windows } = windowsOf(agreed)
  const since = sinceOf(version, standing)
  const known = await knownAllowances(manager, { tenantId, meter, windows }, standing.allowance)
  const found: (OpenedAllowance | Allowance)[] = []
  for (const [index, window] of windows.entries()) {
    found.push(known[index] ?? (await openAllowance(manager, { tenantId, meter, window, rule, since })))
  }
  const limits: LimitState[] = []
  for (const [index, window] of windows.entries()) {
    const each = found[index] ?? NOTHING
    limits.push(toState(window, 'question' in each ? await adjustAllowance(ledger, manager, each) : each))
  }
  return { version, terms, period, limits }
}

/** The same where nothing has become due and the plan has given all that it gives now; else undefined. Writes nothing. */
export async function standingTerms(
  { plans }: Pick<BillingDependencies, 'plans'>,
  manager: EntityManager,
  standingNow: Omit<Agreed, 'version'>,
): Promise<Terms | undefined> {
  const { tenantId, standing, meter, now } = standingNow
  const { planId, planVersion } = standing
  if (planVersion === null) return undefined
  const version = await plans.version(manager, planId, planVersion)
  if (dueChange(toSubscription(standing), version.plan, now) !== undefined) return undefined
  const { terms, period, windows } = windowsOf({ ...standingNow, version })
  const known = await knownAllowances(manager, { tenantId, meter, windows }, standing.allowance)
  const limits = windows.flatMap((window, index) => (known[index] ? [toState(window, known[index])] : []))
  return limits.length === windows.length ? { version, terms, period, limits } : undefined
}

const NOTHING: Allowance = { granted: 0n, rolledOver: 0n }

function windowsOf({ standing, version: { plan }, meter, now }: Agreed) {
  const terms = termsOf(plan, meter)
  const rule = ruleOf(plan, standing)
  return { rule, terms, ...windowsAt(terms, rule, now) }
}

function toState(window: LimitWindow, { granted, rolledOver }: Allowance): LimitState {
  return { ...window, granted, rolledOver, usedBefore: 0n, countedBefore: 0n }
}

/** In the order of the windows; undefined where a period is still to be given what its limit says. */
async function knownAllowances(
  manager: EntityManager,
  { tenantId, meter, windows }: { tenantId: string; meter: string; windows: readonly LimitWindow[] },
  newest: Standing['allowance'],
): Promise<(Allowance | undefined)[]> {
  const isNewest = (window: LimitWindow) => window.meter === meter && newest?.periodStart === window.periodStart
  const others = windows.filter((window) => !isNewest(window))
  const read = await readAllowances(manager, tenantId, others)
  return windows.map((window) => {
    const known = isNewest(window) ? newest : read[others.indexOf(window)]
    const isGiven = known?.granted === BigInt(window.limit.limit) + (known?.rolledOver ?? 0n)
    return isGiven || !window.isOpen ? (known ?? NOTHING) : undefined
  })
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
