import type { IAgentContext, IPluginMethodMap } from '@veramo/core-types'
import type { PaymentNetwork } from './PaymentKeys.js'

export type AccountStatus = 'active' | 'closed'

/** Where a customer tops up: one address per network, bech32, `cheqd1…`. */
export interface PaymentAccount {
  mainnet: string
  testnet: string
}

/** A customer. It is the tenant of its data as well: `tenantId === customerId`. */
export interface Account {
  customerId: string
  name: string
  email: string | null
  /** The plan that bounds what the customer uses: the one it was put on last, else the one it was made with. */
  plan: string
  status: AccountStatus
  /** ISO 8601, UTC. */
  createdAt: string
  paymentAccount: PaymentAccount
}

export interface AccountManagerCreateArgs {
  /** 1 to 100 characters, none of them a control character. Blanks around it are cut off. */
  name: string
  /** At most 254 characters. No two accounts have the same, whatever the case. */
  email?: string
  /** 1 to 100 characters. Default: the plan that the account manager was configured with. */
  plan?: string
}

export interface AccountManagerGetArgs {
  /** Customers leave it out; operators name it. */
  customerId?: string
}

export interface AccountManagerListArgs {
  /**
   * 1 to 100; default 50.
   *
   * @asType integer
   */
  limit?: number
  /** `nextCursor` of the page before. */
  cursor?: string
}

export interface AccountPage {
  /** Oldest first. */
  items: Array<Account>
  /** Absent on the last page. */
  nextCursor?: string
}

/** Money in the minor unit: 1 CHEQ = 10^9 ncheq. */
export interface Amount {
  denom: 'ncheq'
  /** A whole number as decimal text, such as `50000000000` for 50 CHEQ. */
  amount: string
}

/** `credit` is money that the operator gave, `deposit` the customer's own. */
export type BalanceSource = 'credit' | 'deposit'

export interface AccountManagerCreditArgs {
  customerId: string
  network: PaymentNetwork
  /** More than 0; digits alone, without zeros before them. A balance goes up to 2^63 - 1 ncheq. */
  amount: Amount
  /** 1 to 500 characters, none of them a control character. Blanks around it are cut off. The customer sees it. */
  reason: string
  /**
   * 1 to 255 characters, none of them a control character. It counts for this customer alone: the same key with the
   * same arguments is the same transaction, however often; with other arguments it is a `conflict`.
   */
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
 * what was charged, `withdrawal` leaves.
 */
export type TransactionType = 'credit' | 'deposit' | 'charge' | 'refund' | 'withdrawal'

/** Money that has moved, for good. */
export interface Transaction {
  /** No two transactions of a customer have the same. */
  transactionId: string
  type: TransactionType
  network: PaymentNetwork
  /** More than 0, in whichever direction. */
  amount: Amount
  /** `in` raises the balance. */
  direction: 'in' | 'out'
  /** Whose balance it is that changed. */
  source: BalanceSource
  /** What was said when it was made; null where nothing was. */
  reason: string | null
  /** The agent method that was paid for. */
  method?: string
  /** What was counted, such as `did.create`. */
  meter?: string
  /** ISO 8601, UTC. */
  createdAt: string
}

export interface AccountManagerListTransactionsArgs {
  /** Customers leave it out; operators name it. */
  customerId?: string
  /** Default: both. */
  network?: PaymentNetwork
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
  /** Newest first. */
  items: Array<Transaction>
  /** Absent on the last page. */
  nextCursor?: string
}

/**
 * Customers, the addresses they pay to, and their money.
 *
 * Errors: `invalid_argument` (400), `not_found` (404), `email_taken` (409), `conflict` (409).
 */
export interface IAccountManager extends IPluginMethodMap {
  /**
   * Makes a customer and its payment addresses. For operators.
   */
  accountManagerCreate(args: AccountManagerCreateArgs, context: IAgentContext<IPluginMethodMap>): Promise<Account>

  /**
   * Returns one customer: the caller itself, or the one that an operator names.
   */
  accountManagerGet(args: AccountManagerGetArgs, context: IAgentContext<IPluginMethodMap>): Promise<Account>

  /**
   * Lists the customers, oldest first. For operators.
   */
  accountManagerList(args: AccountManagerListArgs, context: IAgentContext<IPluginMethodMap>): Promise<AccountPage>

  /**
   * Gives a customer money, once for each idempotency key. For operators.
   */
  accountManagerCredit(args: AccountManagerCreditArgs, context: IAgentContext<IPluginMethodMap>): Promise<Transaction>

  /**
   * Returns what a customer has to pay with.
   */
  accountManagerGetBalances(
    args: AccountManagerGetBalancesArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<AccountBalances>

  /**
   * Lists the money that has come to a customer and gone from it, newest first. What is only set aside is not on it.
   */
  accountManagerListTransactions(
    args: AccountManagerListTransactionsArgs,
    context: IAgentContext<IPluginMethodMap>,
  ): Promise<TransactionPage>
}
