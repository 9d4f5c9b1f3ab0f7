import type { Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { revokeAllKeys } from './typeorm/api-key-store.js'

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
    // A key that another process has made of one of these meanwhile shows once it has let go of that one.
    while ((await revokeAllKeys(manager, tenantId, mark)) > 0);
  }
}
