import { kitErrors } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { parseStoredAmount } from './amount.js'
import { assertIdentifier, assertInstant, assertLimit } from './check-request.js'
import type { AccountBalance, AccountReference, LedgerEntry } from './entry.js'
import { readAccounts, readAssets, readBalance, readNamedAccounts } from './typeorm/account-store.js'
import {
  firstEntries,
  readEntries,
  readEntriesOfAccount,
  readEntriesOfAsset,
  readFirstSeqFrom,
  readLastEntryOfAccount,
  toEntry,
  type EntryPage,
} from './typeorm/entry-store.js'
import type { EntryRow } from './typeorm/rows.js'

export interface StatementQuery {
  tenantId: string
  /** Only entries from or to this account. */
  code?: string
  asset?: string
  /**
   * Only entries stamped at this time or after it (ISO-8601, UTC). A time stands for a place in the journal, the one
   * that `balanceAt` goes by: what an account had then and the entries from there on add up, also where a clock was set
   * back in between.
   */
  from?: string
  /** Only entries stamped before this time (ISO-8601, UTC). */
  to?: string
  /** Default `oldest`. */
  first?: 'oldest' | 'newest'
  /** 1 to 1,000. Default 100. */
  limit?: number
  /** Only entries with a higher `seq`. Oldest first: the `nextAfterSeq` of the page before. */
  afterSeq?: number
  /** Only entries with a lower `seq`. Newest first: the `nextBeforeSeq` of the page before. */
  beforeSeq?: number
}

export interface Statement {
  /** In the order of `seq`: rising, or falling where the newest come first. */
  entries: LedgerEntry[]
  /** Oldest first: what the next page comes after. Absent on the last page. */
  nextAfterSeq?: number
  /** Newest first: what the next page comes before. Absent on the last page. */
  nextBeforeSeq?: number
}

const DEFAULT_LIMIT = 100
/** No journal has as many entries. */
const AFTER_ALL = Number.MAX_SAFE_INTEGER
/** SQLite takes 500 look-ups in a statement. */
const MAX_LOOK_UPS = 400

export async function readStatement(manager: EntityManager, query: StatementQuery): Promise<Statement> {
  const { code, asset, limit = DEFAULT_LIMIT, first = 'oldest' } = query
  checkQuery(query)
  assertLimit(limit)
  const { tenantId } = query
  const bounds = await readBounds(manager, query)
  const rows = await readRows(manager, { code, asset }, { tenantId, ...bounds, first, limit: limit + 1 })
  const entries = rows.slice(0, limit).map(toEntry)
  const last = entries.at(-1)
  if (rows.length <= limit || last === undefined) return { entries }
  return first === 'oldest' ? { entries, nextAfterSeq: last.seq } : { entries, nextBeforeSeq: last.seq }
}

export async function readBalanceNow(manager: EntityManager, account: AccountReference): Promise<bigint> {
  assertAccount(account)
  return readBalance(manager, account)
}

/** All accounts, or those that are named. */
export async function readBalances(
  manager: EntityManager,
  tenantId: string,
  named?: readonly Omit<AccountReference, 'tenantId'>[],
): Promise<AccountBalance[]> {
  assertIdentifier(tenantId, 'tenantId')
  if (named === undefined) return readAccounts(manager, tenantId)
  assertNamed(named, tenantId)
  const balances: AccountBalance[] = []
  for (let first = 0; first < named.length; first += MAX_LOOK_UPS) {
    const some = named.slice(first, first + MAX_LOOK_UPS)
    const sheet = await readNamedAccounts(manager, tenantId, some)
    balances.push(...some.map(({ code, asset }) => ({ code, asset, balance: sheet.get(code, asset) })))
  }
  return balances
}

/** The balance after all that was stamped at `at` or before. */
export async function readBalanceAt(
  manager: EntityManager,
  { at, ...account }: AccountReference & { at: string },
): Promise<bigint> {
  assertAccount(account)
  assertInstant(at, 'at')
  const beforeSeq = await readFirstSeqFrom(manager, account.tenantId, instantAfter(at))
  const entry = await readLastEntryOfAccount(manager, account, beforeSeq ?? AFTER_ALL)
  if (entry === undefined) return 0n
  return parseStoredAmount(entry.fromCode === account.code ? entry.fromBalance : entry.toBalance)
}

function assertAccount({ tenantId, code, asset }: AccountReference): void {
  assertIdentifier(tenantId, 'tenantId')
  assertIdentifier(code, 'code')
  assertIdentifier(asset, 'asset')
}

function assertNamed(named: unknown, tenantId: string): void {
  if (!Array.isArray(named)) throw kitErrors.invalid_argument('accounts must be a list')
  for (const account of named) assertAccount({ ...(account as AccountReference), tenantId })
}

function checkQuery({ tenantId, code, asset, from, to, first, afterSeq, beforeSeq }: StatementQuery): void {
  assertIdentifier(tenantId, 'tenantId')
  if (code !== undefined) assertIdentifier(code, 'code')
  if (asset !== undefined) assertIdentifier(asset, 'asset')
  if (from !== undefined) assertInstant(from, 'from')
  if (to !== undefined) assertInstant(to, 'to')
  if (first !== undefined && !['oldest', 'newest'].includes(first)) {
    throw kitErrors.invalid_argument('first must be "oldest" or "newest"')
  }
  for (const [name, seq] of Object.entries({ afterSeq, beforeSeq })) {
    if (seq !== undefined && !(Number.isSafeInteger(seq) && seq >= 0)) {
      throw kitErrors.invalid_argument(`${name} must be a seq`)
    }
  }
}

/** The numbers that a page lies between. What is appended meanwhile does not move them. */
async function readBounds(
  manager: EntityManager,
  { tenantId, from, to, afterSeq = 0, beforeSeq = AFTER_ALL }: StatementQuery,
): Promise<{ afterSeq: number; beforeSeq: number }> {
  const start = from === undefined ? 1 : await readFirstSeqFrom(manager, tenantId, from)
  const end = to === undefined ? undefined : await readFirstSeqFrom(manager, tenantId, to)
  return {
    afterSeq: Math.max(afterSeq, (start ?? AFTER_ALL) - 1),
    beforeSeq: Math.min(beforeSeq, end ?? AFTER_ALL),
  }
}

/** Stamps count milliseconds. */
function instantAfter(at: string): string {
  return new Date(Date.parse(at) + 1).toISOString()
}

async function readRows(
  manager: EntityManager,
  { code, asset }: { code: string | undefined; asset: string | undefined },
  page: EntryPage,
): Promise<EntryRow[]> {
  if (code === undefined) {
    return asset === undefined ? readEntries(manager, page) : readEntriesOfAsset(manager, asset, page)
  }
  const assets = asset === undefined ? await readAssets(manager, page.tenantId, code) : [asset]
  const rows: EntryRow[] = []
  for (const each of assets) rows.push(...(await readEntriesOfAccount(manager, { code, asset: each }, page)))
  return firstEntries(rows, page)
}
