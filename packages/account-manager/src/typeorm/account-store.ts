import { isPostgres, kitErrors, type PagePosition } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { isPrintable } from '../parse-text.js'
import type { AccountStatus } from '../types/Account.js'
import { AccountRow } from './account-row.js'

export async function requireAccount(manager: EntityManager, tenantId: string): Promise<AccountRow> {
  return found(isPrintable(tenantId) ? await manager.findOneBy(AccountRow, { tenantId }) : null)
}

/** For a write that changes the account: others that would wait until it ends. */
export async function lockAccount(manager: EntityManager, tenantId: string): Promise<AccountRow> {
  return readLocked(manager, tenantId, 'pessimistic_write')
}

/** For a write that needs the account to stay as it is until it ends; several may at once. */
export async function holdAccount(manager: EntityManager, tenantId: string): Promise<AccountRow> {
  return readLocked(manager, tenantId, 'pessimistic_read')
}

async function readLocked(
  manager: EntityManager,
  tenantId: string,
  mode: 'pessimistic_read' | 'pessimistic_write',
): Promise<AccountRow> {
  // On SQLite a write has the file to itself, and TypeORM refuses a lock.
  if (!isPostgres(manager)) return requireAccount(manager, tenantId)
  const options = { where: { tenantId }, lock: { mode } }
  return found(isPrintable(tenantId) ? await manager.findOne(AccountRow, options) : null)
}

/** The words of `Database.customerId`: a customer that is not there and one that is another's look the same. */
function found(account: AccountRow | null): AccountRow {
  if (account === null) throw kitErrors.not_found('customer not found')
  return account
}

/** What is undefined narrows nothing. */
export interface AccountFilters {
  tenantId: string | undefined
  status: AccountStatus | undefined
  emailKey: string | undefined
  namePart: string | undefined
  /** The first instant at which the account was made. */
  from: string | undefined
  /** The instant after the last. */
  to: string | undefined
}

/** Oldest first. */
export async function findAccounts(
  manager: EntityManager,
  { tenantId, status, emailKey, namePart, from, to }: AccountFilters,
  { after, count }: { after: PagePosition | undefined; count: number },
): Promise<AccountRow[]> {
  const query = manager
    .createQueryBuilder(AccountRow, 'account')
    .orderBy('account.createdAt')
    .addOrderBy('account.tenantId')
    .limit(count)
  if (tenantId !== undefined) query.andWhere('account.tenantId = :tenantId', { tenantId })
  if (status !== undefined) query.andWhere('account.status = :status', { status })
  if (emailKey !== undefined) query.andWhere('account.emailKey = :emailKey', { emailKey })
  if (namePart !== undefined) query.andWhere(`account.nameKey LIKE :part ESCAPE '\\'`, { part: anywhere(namePart) })
  if (from !== undefined) query.andWhere('account.createdAt >= :from', { from })
  if (to !== undefined) query.andWhere('account.createdAt < :to', { to })
  if (after !== undefined) {
    query.andWhere(
      '(account.createdAt > :createdAt OR (account.createdAt = :createdAt AND account.tenantId > :id))',
      after,
    )
  }
  return query.getMany()
}

/** A pattern that fits where the text is a part: its own characters stand for themselves. */
function anywhere(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}
