export type AuditAction = 'create' | 'update' | 'close' | 'credit' | 'refund' | 'correct'

/** Who made a change. */
export interface AuditActor {
  /** `code` is the operator's own code, which calls the agent without an API key. */
  role: 'customer' | 'operator' | 'code'
  /** The API key of the call. Null for `code`, and for a customer who looks at what an operator did. */
  keyId: string | null
}

/** Members of what was changed, with their values. */
export interface AuditValues {
  [member: string]: string | null
}

/** A change that was made, written down in the commit that made it, and never changed or deleted. */
export interface AuditEntry {
  entryId: string
  customerId: string
  action: AuditAction
  actor: AuditActor
  /** What was there before, of what has changed; null where nothing was. */
  before: AuditValues | null
  /** What is there now, of what has changed. */
  after: AuditValues
  /** What was said when it was made; null where nothing was. */
  reason: string | null
  /** ISO 8601, UTC. */
  createdAt: string
}

export interface AccountManagerListAuditLogArgs {
  /** Customers leave it out; operators name one, or leave it out to read of all. */
  customerId?: string
  action?: AuditAction
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

export interface AuditLogPage {
  /** Newest first. */
  items: Array<AuditEntry>
  /** Absent on the last page. */
  nextCursor?: string
}
