import type { IAgentContext, IPluginMethodMap } from '@veramo/core-types'

/** Money in the minor unit: 1 CHEQ = 10^9 ncheq. `amount` is a decimal string. */
export interface Amount {
  denom: 'ncheq'
  amount: string
}

export type BillingNetwork = 'mainnet' | 'testnet'

/** What a meter gives a customer in a period, and what is left of it. */
export interface MeterUsage {
  meter: string
  /** Units that calls of this period have used, paid or not. */
  used: number
  /** Units that calls which run now have set aside. */
  held: number
  /** Units that the plan gives per period. */
  limit: number
  /** Units of the limit that are left. Zero after a trial, as is the limit. */
  remaining: number
  /** ISO 8601, UTC, as all times; when the limit is given anew. Null where it is not: a trial has one period. */
  resetsAt: string | null
  /** Whether units beyond the limit are sold, and for how much each. */
  overage: MeterOverage
}

export interface MeterOverage {
  allowed: boolean
  /** Null where none is sold. */
  price: Amount | null
}

/** A trial has one period, which stays when it is over. */
export interface BillingPeriod {
  start: string
  /** The first instant after it. */
  end: string
}

export interface BillingUsage {
  plan: string
  period: BillingPeriod
  meters: Array<MeterUsage>
}

export interface BillingManagerGetUsageArgs {
  /** Customers leave it out; operators name it. */
  customerId?: string
}

export interface BillingPlan {
  plan: string
  /** Starts at 1; a changed plan is a new version. */
  version: number
  /** Days of a plan that ends by itself; null where it goes on by the month. */
  trialDays: number | null
  meters: Array<PlanMeter>
}

export interface PlanMeter {
  meter: string
  limit: number
  overage: MeterOverage
}

export interface BillingManagerListPlansArgs {
  /** Only this plan. */
  plan?: string
}

export interface BillingPlanList {
  items: Array<BillingPlan>
}

export interface BillingManagerQuoteArgs {
  /** Customers leave it out; operators name it. */
  customerId?: string
  /** The agent method that would be called. */
  method: string
  /** Its arguments. */
  args?: object
  /** Whose balances would pay. Default: the environment of the calling key, else `live`. */
  environment?: 'live' | 'test'
}

/**
 * Who would pay for a call: the plan, a grant, credit or deposit; several where it takes several. Nobody for a free
 * method, nor where the call would not be let through.
 */
export interface BillingQuote {
  /** Null for a free method. */
  meter: string | null
  units: number
  coveredBy: Array<BillingSource>
  /** What it costs from credit and deposit. Zero where the plan pays, and where the plan sells no more. */
  price: Amount
  /** Whether the call would be let through now. */
  affordable: boolean
}

export type BillingSource = 'allowance' | 'grant' | 'credit' | 'deposit'

export interface BillingManagerSetPlanArgs {
  customerId: string
  plan: string
}

export interface BillingManagerGrantCreditArgs {
  customerId: string
  meter: string
  /**
   * @minimum 1
   * @asType integer
   */
  units: number
  /**
   * Lower is used first. Default 100.
   *
   * @asType integer
   */
  priority?: number
  /** ISO 8601, in the future. Default: never. */
  expiresAt?: string
  /** 1 to 500 characters. */
  reason: string
  /** The same key and arguments again: the same grant. */
  idempotencyKey: string
}

export interface BillingGrant {
  grantId: string
  customerId: string
  meter: string
  units: number
  priority: number
  expiresAt: string | null
  reason: string
  createdAt: string
}

export interface BillingManagerReserveArgs {
  customerId: string
  method: string
  args?: object
  /** Default `live`. */
  environment?: 'live' | 'test'
  /** The key that calls, for the record. */
  keyId?: string
  /** Makes a repeated call answer once. */
  idempotency?: ReservationIdempotency
}

export interface ReservationIdempotency {
  /** 1 to 255 characters. */
  key: string
  /** SHA-256 of the canonical arguments, hex. */
  digest: string
}

/**
 * What was decided. `free`: run it, nothing to settle. `reserved`: run it, then settle or void. `denied`: do not run it.
 * `replayed`: do not run it, the first answer is here. `refused`: do not run it, the idempotency key says why.
 */
export interface ReserveDecision {
  decision: 'free' | 'reserved' | 'denied' | 'replayed' | 'refused'
  /** With `reserved`. Also the id that rows carry which the call writes. */
  reservationId?: string
  /** With `reserved` and `denied`; what is set aside is in it. Other calls of the customer may be too. */
  usage?: MeterUsage
  /** With `denied`. */
  denial?: ReserveDenial
  /** With `replayed`: what was recorded. */
  answer?: RecordedAnswer
  /** With `refused`. */
  refusal?: IdempotencyRefusal
}

export interface ReserveDenial {
  /** `key_budget_exhausted`: the budget of the key is used up, whatever its customer has. */
  code: 'limit_exhausted' | 'balance_insufficient' | 'key_budget_exhausted'
  meter: string
  units: number
  /** What the units cost that the plan does not cover; null where the plan sells none. */
  price: Amount | null
  /** What of it can be paid now. Topping up the difference is enough. Zero where the plan sells none. */
  available: Amount
  network: BillingNetwork
  /** The address to top up at; null where the customer has none. */
  topUpAddress: string | null
  resetsAt: string | null
  /** With `key_budget_exhausted`: whose budget it is, the first key of the rotation. */
  keyId?: string
}

/** The answer of a call: its result as JSON text, or the error that it ended with. */
export interface RecordedAnswer {
  ok: boolean
  /** JSON text of the result, or of `{ code, status, detail, title, extensions }`. */
  body: string
}

export interface IdempotencyRefusal {
  /**
   * `idempotency_running`: the first call has not ended (409). `idempotency_mismatch`: the key was used with other
   * arguments (422). `answer_lost`: a crash lost the answer of what was made (409). `answer_withheld`: the answer was a
   * secret, which is not kept (409). `outcome_pending`: what became of the first call's transaction is not known yet
   * (409).
   */
  code: 'idempotency_running' | 'idempotency_mismatch' | 'answer_lost' | 'answer_withheld' | 'outcome_pending'
  /** What the first call made, where that is known. */
  made?: Array<MadeThing>
  /** With `outcome_pending`: what the first call was about to send. */
  transaction?: SentTransaction
}

/** A transaction that may be on its way to a chain. */
export interface SentTransaction {
  network: string
  txHash: string
}

/** Something that a call stored. */
export interface MadeThing {
  kind: string
  id: string
}

export interface BillingManagerSettleArgs {
  customerId: string
  reservationId: string
  /** The answer to record, where the call has an idempotency key. */
  answer?: RecordedAnswer
}

export interface BillingManagerVoidArgs {
  customerId: string
  reservationId: string
  /** The error that the call ended with, to be recorded. Without it, the idempotency key may be used again. */
  answer?: RecordedAnswer
}

/**
 * How a reservation stands. Of settle, void and recovery one wins; the others find it ended. `broadcast`: a transaction
 * may be on its way to a chain, which decides.
 */
export interface ReservationState {
  reservationId: string
  state: 'reserved' | 'broadcast' | 'settled' | 'voided'
}

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
   * Puts a customer on a plan, at once. For operators.
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
