import type { EntityManager } from 'typeorm'
import type { TenantBooks } from '../books.js'
import type { AccountReference } from '../entry.js'
import type { TransferReference } from '../transfer.js'
import type { LockedChain } from './chain-store.js'
import { postgresBookStore } from './postgres-book-store.js'
import type { AccountRow, TransferRow } from './rows.js'
import { isPostgres } from './sql.js'
import { sqliteBookStore } from './sqlite-book-store.js'

/** The statements of a write. Each list has at least one element, except that no transfers may be asked for, and none twice. */
export interface BookStore {
  /**
   * Waits for the turn of each tenant that has a chain, in one order in all processes, and reads transfers. A turn lasts
   * until the transaction ends; on SQLite a write has the file to itself.
   */
  open(
    manager: EntityManager,
    tenantIds: readonly string[],
    transfers: readonly TransferReference[],
  ): Promise<OpenedBooks>
  /** Makes chains, unless another process has just made them. */
  begin(manager: EntityManager, tenantIds: readonly string[]): Promise<void>
  readAccounts(manager: EntityManager, accounts: readonly AccountReference[]): Promise<(AccountRow & TenantRow)[]>
  /** Throws `ledger_moved` where a row is not as it was read. */
  write(manager: EntityManager, books: readonly TenantBooks[]): Promise<void>
}

export interface OpenedBooks {
  chains: LockedChain[]
  transfers: TransferRow[]
}

interface TenantRow {
  tenantId: string
}

export function bookStoreOf(manager: EntityManager): BookStore {
  return isPostgres(manager) ? postgresBookStore : sqliteBookStore
}
