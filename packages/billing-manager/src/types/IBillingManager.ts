import type { IAgentContext, IPluginMethodMap } from '@veramo/core-types'
import type {
  BillingGrant,
  BillingGrantPage,
  BillingManagerGetUsageArgs,
  BillingManagerGrantCreditArgs,
  BillingManagerListGrantsArgs,
  BillingManagerListPlansArgs,
  BillingManagerQuoteArgs,
  BillingManagerSetPlanArgs,
  BillingPlanList,
  BillingQuote,
  BillingUsage,
} from './plans.js'
import type {
  BillingManagerReserveArgs,
  BillingManagerSettleArgs,
  BillingManagerVoidArgs,
  ReservationState,
  ReserveDecision,
} from './reservations.js'

export type {
  Amount,
  BillingGrant,
  BillingGrantBalance,
  BillingGrantPage,
  BillingManagerGetUsageArgs,
  BillingManagerGrantCreditArgs,
  BillingManagerListGrantsArgs,
  BillingManagerListPlansArgs,
  BillingManagerQuoteArgs,
  BillingManagerSetPlanArgs,
  BillingNetwork,
  BillingPeriod,
  BillingPlan,
  BillingPlanList,
  BillingQuote,
  BillingSource,
  BillingUsage,
  LimitUsage,
  MeterOverage,
  MeterUsage,
  NextPlan,
  PlanLimit,
  PlanMeter,
} from './plans.js'
export type {
  BillingManagerReserveArgs,
  BillingManagerSettleArgs,
  BillingManagerVoidArgs,
  IdempotencyRefusal,
  MadeThing,
  RecordedAnswer,
  ReservationIdempotency,
  ReservationState,
  ReserveDecision,
  ReserveDenial,
  SentTransaction,
} from './reservations.js'

export interface BillingManagerVerifyBooksArgs {
  /** Only this customer's. */
  customerId?: string
}

export interface BooksReport {
  valid: boolean
  /** Entries of the journal that were read. */
  checked: number
  firstBreak?: BooksBreak
}

export interface BooksBreak {
  customerId: string
  /** The entry that breaks, where it is one. */
  seq?: string
  transferId?: string
  reason: string
}

/**
 * Plans, limits and prices; what a call costs is set aside before it runs and paid after.
 *
 * Errors: `invalid_argument` (400), `not_found` (404), `plan_unknown` (404), `meter_unknown` (404),
 * `reservation_ended` (409), `idempotency_conflict` (409), `method_undeclared` (500), `books_broken` (500).
 */
export interface IBillingManager extends IPluginMethodMap {
  /**
   * Lists the plans in force.
   */
  billingManagerListPlans(
    args: BillingManagerListPlansArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<BillingPlanList>

  /**
   * Returns what a customer has used in this period, and what is left.
   */
  billingManagerGetUsage(
    args: BillingManagerGetUsageArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<BillingUsage>

  /**
   * Says what a call would cost, and who would pay. Changes nothing.
   */
  billingManagerQuote(args: BillingManagerQuoteArgs, context: IAgentContext<IPluginMethodMap>): Promise<BillingQuote>

  /**
   * Puts a customer on a plan: at once, or when the period ends. For operators.
   */
  billingManagerSetPlan(
    args: BillingManagerSetPlanArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<BillingUsage>

  /**
   * Gives a customer units of a meter, beside the plan. For operators.
   */
  billingManagerGrantCredit(
    args: BillingManagerGrantCreditArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<BillingGrant>

  /**
   * Lists a customer's grants, and what is left of each.
   */
  billingManagerListGrants(
    args: BillingManagerListGrantsArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<BillingGrantPage>

  /**
   * Sets aside what a call costs. For operators; `tenantAgent` calls it before each call.
   */
  billingManagerReserve(
    args: BillingManagerReserveArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<ReserveDecision>

  /**
   * Pays what was set aside. For operators; `tenantAgent` calls it after a success.
   */
  billingManagerSettle(
    args: BillingManagerSettleArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<ReservationState>

  /**
   * Gives back what was set aside. For operators; `tenantAgent` calls it after a failure.
   */
  billingManagerVoid(args: BillingManagerVoidArgs, context: IAgentContext<IPluginMethodMap>): Promise<ReservationState>

  /**
   * Checks the books, and names the first row that breaks. For operators.
   */
  billingManagerVerifyBooks(
    args: BillingManagerVerifyBooksArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<BooksReport>
}
