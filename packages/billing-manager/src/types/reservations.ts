import type { Amount, BillingNetwork, MeterUsage } from './plans.js'

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
  /** What a top-up must bring at least; null where the plan sells none. */
  missing: Amount | null
  network: BillingNetwork
  /** The address to top up at; null where the customer has none. */
  topUpAddress: string | null
  /** When all limits that stand in the way are given anew; null where one never is. */
  resetsAt: string | null
  /** With `key_budget_exhausted`: whose budget it is, the first key of the rotation or one that made it. */
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
  /**
   * Of a call that did fewer units than were set aside: how many. What would have been drawn for more returns to where it
   * came from. Default: all.
   *
   * @minimum 0
   * @asType integer
   */
  units?: number
  /** The answer to record, where the call has an idempotency key. */
  answer?: RecordedAnswer
}

export interface BillingManagerVoidArgs {
  customerId: string
  reservationId: string
  /** The error that the call ended with, to be recorded. Without it, the idempotency key may be used again. */
  answer?: RecordedAnswer
}

/** How a reservation stands. Of settle, void and recovery one wins; the others find it ended. */
export interface ReservationState {
  reservationId: string
  state: 'reserved' | 'broadcast' | 'settled' | 'voided'
}
