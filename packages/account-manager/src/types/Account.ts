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
  /** 1 to 100 characters, none of them a control character. Blanks around it are cut off. Several may have the same. */
  name: string
  /** At most 254 characters. No two accounts that are not closed have the same, whatever the case. */
  email?: string
  /** 1 to 100 characters. Default: the plan that the account manager was configured with. */
  plan?: string
}

export interface AccountManagerGetArgs {
  /** Customers leave it out; operators name it. */
  customerId?: string
}

/** At least one of `name` and `email`; the other stays as it is. */
export interface AccountManagerUpdateArgs {
  /** Customers leave it out; operators name it. */
  customerId?: string
  /** As in `accountManagerCreate`. */
  name?: string
  /** As in `accountManagerCreate`; null takes it away. */
  email?: string | null
  /** 1 to 500 characters, none of them a control character; kept in the audit log. */
  reason?: string
}

export interface AccountManagerCloseArgs {
  customerId: string
  /** 1 to 500 characters, none of them a control character; kept in the audit log. */
  reason?: string
}

/** Filters narrow the list together, and stay the same from page to page. */
export interface AccountManagerListArgs {
  status?: AccountStatus
  /** Those that are on this plan now. */
  plan?: string
  /** The whole address, whatever its case. */
  email?: string
  /** A part of the name, whatever its case. */
  name?: string
  /** Made at this time or after it: ISO 8601, with a time zone. */
  createdFrom?: string
  /** Made before this time: ISO 8601, with a time zone. */
  createdTo?: string
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
  /** Oldest first. With a filter by plan, a page may be short, or empty, though there are more. */
  items: Array<Account>
  /** Absent on the last page. */
  nextCursor?: string
}
