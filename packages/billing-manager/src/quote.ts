import type { IAgent } from '@veramo/core-types'
import { currentContext, kitErrors } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { networkOf } from './account-codes.js'
import type { BillingDependencies } from './dependencies.js'
import { findExhausted } from './draw-budget.js'
import { customerOf } from './find-customer.js'
import { toAmount } from './meter-usage.js'
import { planLegs, type LegPlan } from './plan-legs.js'
import { termsOf } from './plan.js'
import { findSubscription, readAgreement, readMeterLimits } from './read-agreement.js'
import { readFunds } from './read-funds.js'
import type { KeyBudgetDependencies } from './set-key-budget.js'
import { resolveRule, type MeterUse } from './resolve-rule.js'
import { toCharge } from './to-charge.js'
import type { Subscription } from './typeorm/subscription-store.js'
import type { BillingManagerQuoteArgs, BillingNetwork, BillingQuote } from './types/IBillingManager.js'

/** Writes nothing. A method without a rule is not found: it is not offered. */
export async function quote(
  deps: KeyBudgetDependencies,
  args: BillingManagerQuoteArgs,
  agent: IAgent,
): Promise<BillingQuote> {
  const tenantId = customerOf(deps.database, args.customerId)
  const rule = deps.methods.get(args.method)
  if (rule === undefined) throw kitErrors.not_found('method not found')
  const use = resolveRule(rule, args.args)
  if (use === null) return { meter: null, units: 0, coveredBy: [], price: toAmount(0n), affordable: true }
  const environment = args.environment ?? currentContext().principal?.environment ?? 'live'
  const subscription = await findSubscription(deps, agent, tenantId)
  const question = { tenantId, use, network: networkOf(environment), subscription }
  const plan = await deps.database.read((manager) => planCharge(deps, manager, question), { tenantId })
  const quoted = describe(use, plan)
  return (await isOverBudget(deps, { tenantId, use }, agent)) ? { ...quoted, coveredBy: [], affordable: false } : quoted
}

/** Whether the budget of the calling key is in the way, whatever its customer has. */
async function isOverBudget(
  { database, clock, budgetKeys }: KeyBudgetDependencies,
  { tenantId, use }: { tenantId: string; use: MeterUse },
  agent: IAgent,
): Promise<boolean> {
  const keyId = currentContext().principal?.keyId
  if (keyId === undefined) return false
  await budgetKeys.learn(agent, { tenantId, keyId })
  const root = budgetKeys.known({ tenantId, keyId }) ?? keyId
  const draw = { tenantId, keyId: root, meter: use.meter, units: use.units, now: clock.now() }
  return (await database.read((manager) => findExhausted(manager, draw), { tenantId })) !== undefined
}

async function planCharge(
  deps: BillingDependencies,
  manager: EntityManager,
  question: { tenantId: string; use: MeterUse; network: BillingNetwork; subscription: Subscription },
): Promise<LegPlan> {
  const { tenantId, use, network } = question
  const agreement = await readAgreement(deps, manager, question)
  const { plan, period } = agreement
  const terms = termsOf(plan, use.meter)
  const [limits = []] = await readMeterLimits(deps, manager, { agreement, meters: [terms] })
  const charge = toCharge({ terms, period, limits }, { units: BigInt(use.units), network })
  const funds = await readFunds(deps.ledger, manager, { charge, limits, tenantId, now: deps.clock.now() })
  return planLegs(charge, funds)
}

function describe({ meter, units }: MeterUse, plan: LegPlan): BillingQuote {
  const isCovered = plan.decision === 'covered'
  return {
    ...{ meter, units },
    coveredBy: isCovered ? plan.coveredBy : [],
    price: toAmount(plan.decision === 'limit_exhausted' ? 0n : plan.costNcheq),
    affordable: isCovered,
  }
}
