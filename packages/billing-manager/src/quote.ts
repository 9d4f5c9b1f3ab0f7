import type { IAgent } from '@veramo/core-types'
import { currentContext, kitErrors } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { networkOf } from './account-codes.js'
import type { BillingDependencies } from './dependencies.js'
import { customerOf } from './find-customer.js'
import { toAmount, unitsLeft } from './meter-usage.js'
import { UNITS_PER_CALL } from './method-rule.js'
import { planLegs, type Charge, type LegPlan } from './plan-legs.js'
import { termsOf } from './plan.js'
import { findSubscription, readAgreement } from './read-agreement.js'
import { readFunds } from './read-funds.js'
import { readGranted } from './typeorm/allowance-store.js'
import type { Subscription } from './typeorm/subscription-store.js'
import type { BillingManagerQuoteArgs, BillingNetwork, BillingQuote } from './types/IBillingManager.js'

/** Writes nothing. A method without a rule is not found: it is not offered. */
export async function quote(
  deps: BillingDependencies,
  args: BillingManagerQuoteArgs,
  agent: IAgent,
): Promise<BillingQuote> {
  const tenantId = customerOf(deps.database, args.customerId)
  const rule = deps.methods.get(args.method)
  if (rule === undefined) throw kitErrors.not_found('method not found')
  if (rule.free) return { meter: null, units: 0, coveredBy: [], price: toAmount(0n), affordable: true }
  const environment = args.environment ?? currentContext().principal?.environment ?? 'live'
  const subscription = await findSubscription(deps, agent, tenantId)
  const question = { tenantId, meter: rule.meter, network: networkOf(environment), subscription }
  const plan = await deps.database.read((manager) => planCharge(deps, manager, question))
  return describe(rule.meter, plan)
}

async function planCharge(
  deps: BillingDependencies,
  manager: EntityManager,
  question: { tenantId: string; meter: string; network: BillingNetwork; subscription: Subscription },
): Promise<LegPlan> {
  const { tenantId, meter, network, subscription } = question
  const { plan, period } = await readAgreement(deps, manager, subscription)
  const terms = termsOf(plan, meter)
  const periodStart = period.start
  const granted = (await readGranted(manager, { tenantId, meter, periodStart })) ?? 0n
  const funds = await readFunds(deps.ledger, manager, { tenantId, meter, periodStart, network, now: deps.clock.now() })
  const allowance = unitsLeft(terms, period, { allowance: funds.allowance, granted })
  const charge: Charge = { meter, periodStart, units: BigInt(UNITS_PER_CALL), price: terms.price, network }
  return planLegs(charge, { ...funds, allowance })
}

function describe(meter: string, plan: LegPlan): BillingQuote {
  const isCovered = plan.decision === 'covered'
  return {
    meter,
    units: UNITS_PER_CALL,
    coveredBy: isCovered ? plan.coveredBy : [],
    price: toAmount(plan.decision === 'limit_exhausted' ? 0n : plan.costNcheq),
    affordable: isCovered,
  }
}
