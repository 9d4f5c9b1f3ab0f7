import type { IAgentContext, IPluginMethodMap } from '@veramo/core-types'
import type { Amount, ReservationState } from './IBillingManager.js'

/** A metered call, with what became of it. */
export interface Reservation {
  reservationId: string
  customerId: string
  /** The agent method that was called. */
  method: string
  meter: string
  units: number
  /** What the method leaves behind, which says how the reservation is resolved after a crash. */
  effect: 'pure' | 'stored' | 'ledger'
  environment: 'live' | 'test'
  /** The key that called; null where none did. */
  keyId: string | null
  /** `reserved` and `broadcast` are open. `broadcast`: its fate is that of its transactions. */
  state: 'reserved' | 'broadcast' | 'settled' | 'voided'
  /** ISO 8601, UTC, as all times. */
  createdAt: string
  /** Null while it is open. */
  endedAt: string | null
  /** What the call was about to send when it was last heard of, oldest first. */
  transactions: Array<ReservationTransaction>
  /** Present where an operator has ended it by hand. */
  resolution?: ReservationResolution
}

export interface ReservationTransaction {
  network: string
  txHash: string
  sender: string
  sequence: string
  /** Null: it may be executed in any block. */
  timeoutHeight: string | null
  markedAt: string
  /** What became of it; null while that is not known, and where an operator or the call itself ended the reservation. */
  outcome: 'settled' | 'voided' | null
  /** Why it was never executed, or has failed. */
  reason: string | null
  /** What the chain took for it; null where that is not known. */
  fee: Amount | null
}

export interface ReservationResolution {
  outcome: 'settled' | 'voided'
  reason: string
  /** The operator's key; null where it was the operator's own code. */
  resolvedBy: string | null
  resolvedAt: string
}

export interface BillingManagerListReservationsArgs {
  /** Only this customer's. Required with `settled` and `voided`. */
  customerId?: string
  /** Default `open`: those that are `reserved` or `broadcast`. */
  state?: 'open' | 'reserved' | 'broadcast' | 'settled' | 'voided'
  /** 1 to 100; default 50. */
  limit?: number
  /** The `nextCursor` of the page before. */
  cursor?: string
}

export interface ReservationPage {
  items: Array<Reservation>
  nextCursor?: string
}

export interface BillingManagerResolveReservationArgs {
  customerId: string
  reservationId: string
  /** `settled`: what was set aside is paid. `voided`: it is given back. */
  outcome: 'settled' | 'voided'
  /** 1 to 500 characters, for the record. */
  reason: string
}

/** What a key may still use of a meter. The keys that a key is rotated into share its budget. */
export interface KeyBudget {
  customerId: string
  /** The key that the budget belongs to: the first of the rotation, or one with a budget that made it. */
  keyId: string
  meter: string
  /** What it was set to. */
  units: number
  /** Units that are left. Those that running calls have set aside are gone from it. */
  remaining: number
  /** Null: what is used is gone. */
  refill: KeyBudgetRefill | null
  /** When it is next refilled; null where it is not. */
  resetsAt: string | null
  updatedAt: string
}

/** Sets what is left to `units` at the start of each day, week (Monday) or month, in UTC. Nothing is carried over. */
export interface KeyBudgetRefill {
  interval: 'day' | 'week' | 'month'
  /**
   * @minimum 0
   * @asType integer
   */
  units: number
}

export interface BillingManagerSetKeyBudgetArgs {
  /** Customers leave it out; operators name it. */
  customerId?: string
  /** Any key of the rotation, or one that was made by such a key when it had a budget. */
  keyId: string
  meter: string
  /**
   * What the key may use from now on, until it is refilled.
   *
   * @minimum 0
   * @asType integer
   */
  units: number
  /** Default: none. */
  refill?: KeyBudgetRefill
}

export interface BillingManagerGetKeyBudgetsArgs {
  /** Customers leave it out; operators name it. */
  customerId?: string
  /** Any key of the rotation, or one that was made by such a key when it had a budget. */
  keyId: string
}

export interface KeyBudgetList {
  items: Array<KeyBudget>
}

export interface BillingManagerDeleteKeyBudgetArgs {
  /** Customers leave it out; operators name it. */
  customerId?: string
  /** Any key of the rotation, or one that was made by such a key when it had a budget. */
  keyId: string
  meter: string
}

export interface KeyBudgetDeletion {
  /** False where there was none. */
  deleted: boolean
}

export type BillingEventType = 'limit.reached' | 'key_budget.exhausted' | 'trial.ending'

/** Where a customer hears of its limits. One a customer. */
export interface BillingWebhook {
  customerId: string
  /** https, and a public address. */
  url: string
  /** What is sent. */
  events: Array<BillingEventType>
  /** `disabled`: the endpoint answered 410, and hears nothing more until it is set again. */
  status: 'enabled' | 'disabled'
  createdAt: string
}

export interface BillingManagerSetWebhookArgs {
  /** Customers leave it out; operators name it. */
  customerId?: string
  /** At most 2,048 characters. */
  url: string
  /** Default: all. */
  events?: Array<BillingEventType>
}

export interface BillingManagerSetWebhookResult {
  webhook: BillingWebhook
  /** `whsec_` and base64: what signatures are checked with. Shown once; setting the webhook again makes another. */
  secret: string
}

export interface BillingManagerGetWebhookArgs {
  /** Customers leave it out; operators name it. */
  customerId?: string
}

export interface BillingManagerDeleteWebhookArgs {
  /** Customers leave it out; operators name it. */
  customerId?: string
}

export interface WebhookDeletion {
  /** False where there was none. */
  deleted: boolean
}

/** What `agent.emit` and webhooks tell with `limit.reached`: units of a meter that are used, paid or not. */
export interface LimitReached {
  customerId: string
  meter: string
  /** What the limit is counted for. */
  per: 'day' | 'week' | 'month' | 'year' | 'total' | 'trial'
  /** Whether nobody gets past the limit, whoever pays. */
  hard: boolean
  /** 50, 80 or 100, per cent of the limit. Each is told once a period. */
  threshold: number
  used: number
  limit: number
  /** Start of the period. */
  periodStart: string
}

/** With `key_budget.exhausted`: the last unit was set aside. Told once for each time that the budget was filled. */
export interface KeyBudgetExhausted {
  customerId: string
  keyId: string
  meter: string
  resetsAt: string | null
}

/** With `trial.ending`: three days before, once. */
export interface TrialEnding {
  customerId: string
  plan: string
  endsAt: string
}

/**
 * Bounds beside the plan, and what happens around calls: reservations that stay open, budgets of keys, webhooks.
 *
 * Errors: `invalid_argument` (400), `fetch_refused` (400), `permission_denied` (403), `not_found` (404),
 * `meter_unknown` (404), `reservation_ended` (409), `setting_invalid` (500).
 */
export interface IBillingControls extends IPluginMethodMap {
  /**
   * Lists metered calls, oldest first. For operators.
   */
  billingManagerListReservations(
    args: BillingManagerListReservationsArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<ReservationPage>

  /**
   * Ends a reservation that stays open. Of this, the call and recovery one wins. For operators.
   */
  billingManagerResolveReservation(
    args: BillingManagerResolveReservationArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<ReservationState>

  /**
   * Bounds what a key may use of a meter, below what its customer may. No key that has a budget may call it.
   */
  billingManagerSetKeyBudget(
    args: BillingManagerSetKeyBudgetArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<KeyBudget>

  /**
   * Returns the budgets of a key, with what is left of them.
   */
  billingManagerGetKeyBudgets(
    args: BillingManagerGetKeyBudgetsArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<KeyBudgetList>

  /**
   * Lets a key use all that its customer may. No key that has a budget may call it.
   */
  billingManagerDeleteKeyBudget(
    args: BillingManagerDeleteKeyBudgetArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<KeyBudgetDeletion>

  /**
   * Says where a customer hears of its limits, by Standard Webhooks. The secret is new each time.
   */
  billingManagerSetWebhook(
    args: BillingManagerSetWebhookArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<BillingManagerSetWebhookResult>

  /**
   * Returns a customer's webhook, without its secret.
   */
  billingManagerGetWebhook(
    args: BillingManagerGetWebhookArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<BillingWebhook>

  /**
   * Sends nothing more.
   */
  billingManagerDeleteWebhook(
    args: BillingManagerDeleteWebhookArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<WebhookDeletion>
}
