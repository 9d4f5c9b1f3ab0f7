import type { EntityManager } from 'typeorm'
import type { ApiKeyRow } from './typeorm/api-key-row.js'
import { announceChange, changeApiKey, holdUnrevokedKeys } from './typeorm/api-key-store.js'
import { writeAudit } from './typeorm/audit-store.js'

/** An account that is being closed. */
export interface ClosingCustomer {
  tenantId: string
  /** ISO 8601, UTC. */
  closedAt: string
}

/** Revokes all keys of a customer, in the write that closes its account. */
export async function endCustomerKeys(manager: EntityManager, { tenantId, closedAt }: ClosingCustomer): Promise<void> {
  const mark = { revokedAt: closedAt, revokedReason: 'the account was closed' }
  const ended: ApiKeyRow[] = []
  // A key that another process has made of one of these meanwhile shows once it has let go of that one.
  for (let open = await holdUnrevokedKeys(manager, tenantId); open.length > 0;) {
    for (const before of open) {
      await changeApiKey(manager, before, mark)
      const after = { ...before, ...mark }
      await writeAudit(manager, { action: 'revoke', before, after, now: new Date(closedAt) })
      ended.push(after)
    }
    open = await holdUnrevokedKeys(manager, tenantId)
  }
  for (const row of ended) await announceChange(manager, row)
}
