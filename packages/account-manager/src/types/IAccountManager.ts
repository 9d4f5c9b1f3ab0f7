import type { IAgentContext, IPluginMethodMap } from '@veramo/core-types'

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
  /** The plan that bounds what the customer uses. */
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

/**
 * Customers, and the addresses they pay to.
 *
 * Errors: `invalid_argument` (400), `not_found` (404), `email_taken` (409).
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
}
