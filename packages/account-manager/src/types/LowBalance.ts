import type { Amount } from './Money.js'
import type { PaymentNetwork } from './PaymentKeys.js'

/** Data of the event `accountManager.lowBalance`. */
export interface LowBalanceEvent {
  /** The same where an event is heard again, which happens after a crash. */
  eventId: string
  customerId: string
  network: PaymentNetwork
  /** What could be spent, credit and deposit, when the threshold was reached. */
  available: Amount
  /** The threshold that `available` has fallen to, or below. */
  threshold: Amount
  /** When it did. ISO 8601, UTC. */
  createdAt: string
}

export interface AccountManagerCheckBalancesArgs {
  /** Default: all customers. */
  customerId?: string
}

export interface BalanceCheck {
  /**
   * How many events were emitted.
   *
   * @asType integer
   */
  emitted: number
}
