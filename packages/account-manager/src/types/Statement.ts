import type { Amount, Transaction } from './Money.js'
import type { PaymentNetwork } from './PaymentKeys.js'

export type StatementFormat = 'json' | 'csv'

export interface AccountManagerGetStatementArgs {
  /** Customers leave it out; operators name it. */
  customerId?: string
  network: PaymentNetwork
  /** The first instant of the period: ISO 8601, with a time zone. Default: from the beginning. */
  from?: string
  /** The instant after the period: ISO 8601, with a time zone. Default: all that there is when the first page is read. */
  to?: string
  /** Default `json`. */
  format?: StatementFormat
  /**
   * Movements a page, 1 to 100; default 50.
   *
   * @asType integer
   */
  limit?: number
  /** `nextCursor` of the page before, with the other arguments as they were. */
  cursor?: string
}

/** A transaction, and what it left. */
export interface StatementMovement extends Transaction {
  /** What the customer had on this network after it: credit and deposit, what calls had set aside included. */
  balance: Amount
}

/**
 * What happened to a customer's money on one network in a period. The opening balance and all movements of all pages
 * add up to the closing balance. Money that calls have set aside counts as the customer's until it is paid: each
 * movement is for good.
 */
export interface AccountStatement {
  customerId: string
  network: PaymentNetwork
  /** Null: from the beginning. */
  from: string | null
  /** Null: all that there was when the first page was read. */
  to: string | null
  /** Before the first movement of the period; the same on each page. */
  openingBalance: Amount
  /** After the last movement of the period; the same on each page. */
  closingBalance: Amount
  /** Oldest first. Absent in a CSV statement. */
  movements?: Array<StatementMovement>
  /**
   * The page as CSV (RFC 4180): pages put together are the whole file. The first begins with the titles and a row of
   * type `opening`, the last ends with one of type `closing`. The columns are `createdAt`, `transactionId`, `type`,
   * `source`, `in`, `out`, `balance`, `denom`, `reason`, `method`, `meter` and `refundOf`. A cell that a spreadsheet would take for a formula, one
   * that begins with `=`, `+`, `-` or `@`, has an apostrophe before it.
   */
  csv?: string
  /** Absent on the last page. */
  nextCursor?: string
}
