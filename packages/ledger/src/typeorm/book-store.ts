import type { EntityManager } from 'typeorm'
import type { TenantBooks } from '../books.js'
import type { AccountReference } from '../entry.js'
import type { TransferReference } from '../transfer.js'
import type { LockedChain } from './chain-store.js'
import { postgresBookStore } from './postgres-book-store.js'
import type { AccountRow, TransferRow } from './rows.js'
import { isPostgres } from './sql.js'
import { sqliteBookStore } from './sqlite-book-store.js'

/** The statements of a write. Each list has at least one element, and none twice. */
export interface BookStore {
  /**
   * Waits for the turn of each tenant that has a chain, in the order given; a turn lasts until the transaction ends. On
   * SQLite a write has the file to itself.
   */
  lockChains(manager: EntityManager, tenantIds: readonly string[]): Promise<LockedChain[]>
  /** Makes chains, unless another process has just made them, and waits for their turns. */
  beginChains(manager: EntityManager, tenantIds: readonly string[]): Promise<LockedChain[]>
  readTransfers(manager: EntityManager, references: readonly TransferReference[]): Promise<TransferRow[]>
  readAccounts(manager: EntityManager, accounts: readonly AccountReference[]): Promise<(AccountRow & TenantRow)[]>
  /** Throws `ledger_moved` where a row is not as it was read. */
  write(manager: EntityManager, books: readonly TenantBooks[]): Promise<void>
}

interface TenantRow {
  tenantId: string
}

export function bookStoreOf(manager: EntityManager): BookStore {
  return isPostgres(manager) ? postgresBookStore : sqliteBookStore
}
