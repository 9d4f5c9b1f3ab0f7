import type { ApiKeyRateLimit } from './IApiKeyManager.js'

export type ApiKeyAuditAction = 'create' | 'import' | 'update' | 'rotate' | 'revoke'

/** Who made a change. */
export interface ApiKeyAuditActor {
  /** `code` is the operator's own code, which calls the agent without an API key. */
  role: 'customer' | 'operator' | 'code'
  /** The API key of the call. Null for `code`, and for a customer who looks at what an operator did. */
  keyId: string | null
}

/** Members of a key, with their values. */
export interface ApiKeyAuditValues {
  [member: string]: string | boolean | null | Array<string> | Array<ApiKeyRateLimit>
}

/** A change of a key, written down in the commit that made it, and never changed or deleted. */
export interface ApiKeyAuditEntry {
  entryId: string
  customerId: string
  /** The key that was changed; it may be gone since. */
  keyId: string
  action: ApiKeyAuditAction
  actor: ApiKeyAuditActor
  /** What was there before, of what has changed; null for a new key. */
  before: ApiKeyAuditValues | null
  /** What is there now, of what has changed; all of a new key. */
  after: ApiKeyAuditValues
  /** What was said when the key was revoked; null where nothing was. */
  reason: string | null
  /** ISO 8601, UTC. */
  createdAt: string
}

export interface ApiKeyManagerListAuditLogArgs {
  /** Customers leave it out; operators name one, or leave it out to read of all. */
  customerId?: string
  keyId?: string
  action?: ApiKeyAuditAction
  /** Made at this time or after it: ISO 8601 with an offset. */
  from?: string
  /** Made before this time: ISO 8601 with an offset. */
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

export interface ApiKeyAuditLogPage {
  /** Newest first. */
  items: Array<ApiKeyAuditEntry>
  /** Absent on the last page. */
  nextCursor?: string
}
