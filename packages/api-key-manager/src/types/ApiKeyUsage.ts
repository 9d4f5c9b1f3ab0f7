export interface ApiKeyManagerGetUsageArgs {
  keyId: string
  /** Customers leave it out; where an operator names it, the key must be that customer's. */
  customerId?: string
  /** ISO 8601 with an offset; the hour or day that it is in is the first. Default 30 days before `to`. */
  from?: string
  /** ISO 8601 with an offset, not included. Default now. */
  to?: string
  /** Default `day`; both in UTC. */
  granularity?: 'hour' | 'day'
}

/** Calls of one method with one outcome, in one hour or day. */
export interface ApiKeyUsageItem {
  /** When the hour or day began. */
  start: string
  /** `*` where the key was refused before a method was known. */
  method: string
  /** `allowed`, or the code of the decision that refused it. */
  outcome: string
  count: number
}

/** At most 10,000 items, oldest first; what was used in the last minute may not be among them yet. */
export interface ApiKeyUsage {
  keyId: string
  items: Array<ApiKeyUsageItem>
}
