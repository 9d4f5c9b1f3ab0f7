/** Money in the minor unit: 1 CHEQ = 10^9 ncheq. `amount` is a decimal string. */
export interface Amount {
  denom: 'ncheq'
  amount: string
}

export type BillingNetwork = 'mainnet' | 'testnet'

/**
 * What a meter gives a customer in a period, and what is left of it. Of a meter that has several limits: the one that has
 * least left.
 */
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
  /** All limits of the meter, where they are more than one for each month or for a trial. */
  limits?: Array<LimitUsage>
}

export interface LimitUsage {
  per: 'day' | 'week' | 'month' | 'year' | 'total' | 'trial'
  /** Whether it holds for all units, whoever pays. */
  hard: boolean
  used: number
  held: number
  /** With what has gone over from the periods before. */
  limit: number
  remaining: number
  resetsAt: string | null
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
  /** Where a change of plan is agreed, or follows a trial. */
  next?: NextPlan
}

export interface NextPlan {
  plan: string
  at: string
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
  /** The plan that follows a trial, where one does. */
  then?: string
  /** Where months, days, weeks and years are the calendar's; else they are counted from the account's first day. */
  periods?: 'calendar'
}

export interface PlanMeter {
  meter: string
  /** Units of the plan's own period, a month or a trial, where they are limited; else of the first limit. */
  limit: number
  overage: MeterOverage
  /** All limits of the meter, where they are more than one for each month or for a trial. */
  limits?: Array<PlanLimit>
}

export interface PlanLimit {
  per: 'day' | 'week' | 'month' | 'year' | 'total' | 'trial'
  limit: number
  /** Whether it holds for all units, whoever pays. */
  hard: boolean
  /** How many unused units may go over into the next period. */
  rollover: number
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
  /** The plan that the customer is on already: a change that was agreed is cancelled. */
  plan: string
  /**
   * Default: `period_end` for a plan that gives less, `now` for any other. A plan gives less where it gives fewer units of
   * a meter in one of its periods, limits a meter by a period that it was not limited by, or sells no more of one that
   * was sold.
   */
  effective?: 'now' | 'period_end'
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

export interface BillingManagerListGrantsArgs {
  /** Customers leave it out; operators name it. */
  customerId?: string
  /** Only grants of this meter. */
  meter?: string
  /**
   * 1 to 100. Default 50.
   *
   * @minimum 1
   * @maximum 100
   * @asType integer
   */
  limit?: number
  /** The `nextCursor` of the page before. */
  cursor?: string
}

export interface BillingGrantPage {
  /** Oldest first. */
  items: Array<BillingGrantBalance>
  /** Absent on the last page. */
  nextCursor?: string
}

/** A grant, and what is left of it. */
export interface BillingGrantBalance extends BillingGrant {
  /** Units that calls may still use. Zero once it has expired. */
  remaining: number
  expired: boolean
}
