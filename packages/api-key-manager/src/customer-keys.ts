import type { Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { ApiKeyRow } from './typeorm/api-key-row.js'
import { announceChange, changeApiKey, holdUnrevokedKeys } from './typeorm/api-key-store.js'
import { writeAudit } from './typeorm/audit-store.js'

/** Tells whether a customer may have another key. `OpenAccounts` of `@veramo-studio/account-manager` does. */
export interface CustomerGate {
  /**
   * Rejects where it may not; else it stays so until the write of this manager ends. Called before the write locks
   * anything else.
   */
  hold(manager: EntityManager, tenantId: string): Promise<void>
}

/** Ends the keys of a customer whose account is closed, in the write that closes it. */
export class CustomerKeys {
  /** Takes the database that managers are of, as `agent.yml` gives it. */
  constructor(readonly options: { database: Database }) {}

  async closeAccount(
    manager: EntityManager,
    { tenantId, closedAt }: { tenantId: string; closedAt: string },
  ): Promise<void> {
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
}
