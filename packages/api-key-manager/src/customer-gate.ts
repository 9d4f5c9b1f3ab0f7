import type { EntityManager } from 'typeorm'

/** Tells whether a customer may have another key. `OpenAccounts` of `@veramo-studio/account-manager` does. */
export interface CustomerGate {
  /**
   * Rejects where it may not; else it stays so until the write of this manager ends. Called before the write locks
   * anything else.
   */
  hold(manager: EntityManager, tenantId: string): Promise<void>
}
