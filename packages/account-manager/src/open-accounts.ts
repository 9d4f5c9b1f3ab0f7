import { kitErrors, type Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { holdAccount } from './typeorm/account-store.js'

/** Tells those who give a customer something new whether its account is open. */
export class OpenAccounts {
  /** Takes the database that managers are of, as `agent.yml` gives it. */
  constructor(readonly options: { database: Database }) {}

  /**
   * Keeps an account from being closed before the write of this manager ends. Throws `account_closed` where it is, and
   * `not_found` where there is none. To call before other rows are locked.
   */
  async hold(manager: EntityManager, tenantId: string): Promise<void> {
    const { status } = await holdAccount(manager, tenantId)
    if (status !== 'active') throw kitErrors.account_closed('the account is closed')
  }
}
