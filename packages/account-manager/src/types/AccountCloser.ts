import type { EntityManager } from 'typeorm'

/** An account that is being closed. */
export interface ClosingAccount {
  tenantId: string
  /** ISO 8601, UTC. */
  closedAt: string
}

/**
 * What ends together with an account. `ApiKeyManager` of `@veramo-studio/api-key-manager` is one: it revokes
 * the customer's API keys.
 */
export interface AccountCloser {
  /** Works through the manager of the write that closes the account: all is committed together, or nothing is. */
  closeAccount(manager: EntityManager, account: ClosingAccount): Promise<void>
  /** Called when that write is durable, for what is kept in memory. */
  accountClosed?(tenantId: string): void
}
