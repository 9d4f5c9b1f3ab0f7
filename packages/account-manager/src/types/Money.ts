import type { PaymentNetwork } from './PaymentKeys.js'

/** Money in the minor unit: 1 CHEQ = 10^9 ncheq. */
export interface Amount {
  denom: 'ncheq'
  /** A whole number as decimal text, such as `50000000000` for 50 CHEQ. */
  amount: string
}

/** `credit` is money that the operator gave, `deposit` the customer's own. */
export type BalanceSource = 'credit' | 'deposit'

/** `in` raises the balance. */
export type MoneyDirection = 'in' | 'out'

export interface AccountManagerCreditArgs {
  customerId: string
  network: PaymentNetwork
  /** More than 0; digits alone, without zeros before them. A balance goes up to 2^63 - 1 ncheq. */
  amount: Amount
  /** 1 to 500 characters, none of them a control character. Blanks around it are cut off. The customer sees it. */
  reason: string
  /**
   * 1 to 255 characters, none of them a control character. It counts for this customer and this method alone: the same
   * key with the same arguments is the same transaction, however often; with other arguments it is a `conflict`.
   */
  idempotencyKey: string
}

export interface AccountManagerRefundArgs {
  customerId: string
  /** Of a transaction of type `charge`. */
  transactionId: string
  /** Up to what of the charge has not been given back yet, which is the default. */
  amount?: Amount
  /** As in `accountManagerCredit`. */
  reason: string
  /** As in `accountManagerCredit`. */
  idempotencyKey: string
}

export interface AccountManagerCorrectArgs {
  customerId: string
  network: PaymentNetwork
  /** As in `accountManagerCredit`. */
  amount: Amount
  /** `out` takes credit back, and never more than there is; `in` gives back what was taken by mistake. */
  direction: MoneyDirection
  /** As in `accountManagerCredit`. */
  reason: string
  /** As in `accountManagerCredit`. */
  idempotencyKey: string
}

export interface AccountManagerGetBalancesArgs {
  /** Customers leave it out; operators name it. */
  customerId?: string
}

export interface Balance {
  network: PaymentNetwork
  source: BalanceSource
  /** What can be spent now. */
  available: Amount
  /** What calls that run now have set aside. It is no part of what is available. */
  held: Amount
}

export interface AccountBalances {
  /** Always four: credit, then deposit, on mainnet and then on testnet. */
  balances: Array<Balance>
}

/**
 * `credit` is given by the operator, `deposit` comes from outside, `charge` pays for what was used, `refund` gives back
 * what was charged, `correction` takes back or returns credit that was wrong, `withdrawal` leaves.
 */
export type TransactionType = 'credit' | 'deposit' | 'charge' | 'refund' | 'correction' | 'withdrawal'

/** Money that has moved, for good. */
export interface Transaction {
  /** No two transactions of a customer have the same. */
  transactionId: string
  type: TransactionType
  network: PaymentNetwork
  /** More than 0, in whichever direction. */
  amount: Amount
  direction: MoneyDirection
  /** Whose balance it is that changed. */
  source: BalanceSource
  /** What was said when it was made; null where nothing was. */
  reason: string | null
  /** The agent method that was paid for. */
  method?: string
  /** What was counted, such as `did.create`. */
  meter?: string
  /** Of a refund: the `transactionId` of the charge that it gives back. */
  refundOf?: string
  /** ISO 8601, UTC. */
  createdAt: string
}

/** Filters narrow the list together, and stay the same from page to page. */
export interface AccountManagerListTransactionsArgs {
  /** Customers leave it out; operators name it. */
  customerId?: string
  /** Default: both. */
  network?: PaymentNetwork
  type?: TransactionType
  source?: BalanceSource
  /** Made at this time or after it: ISO 8601, with a time zone. */
  from?: string
  /** Made before this time: ISO 8601, with a time zone. */
  to?: string
  /**
   * 1 to 100; default 50.
   *
   * @asType integer
   */
  limit?: number
  /** `nextCursor` of the page before. */
  cursor?: string
}

export interface TransactionPage {
  /** Newest first. Where a filter fits few of many, a page may be short, or empty, though there are more. */
  items: Array<Transaction>
  /** Absent on the last page. */
  nextCursor?: string
}
