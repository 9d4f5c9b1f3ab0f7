import { kitErrors } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { parseStoredAmount } from './amount.js'
import { assertIdentifier, assertInstant, assertLimit } from './check-request.js'
import type { AccountReference, LedgerEntry } from './entry.js'
import { readAssets, readBalance, readBalances } from './typeorm/account-store.js'
import {
  firstEntries,
  readEntries,
  readEntriesOfAccount,
  readEntriesOfAsset,
  readLastEntryOfAccount,
  readLastSeqAt,
  toEntry,
  type EntryPage,
} from './typeorm/entry-store.js'
import type { EntryRow } from './typeorm/rows.js'

export interface StatementQuery {
  tenantId: string
  /** Only entries from or to this account. */
  code?: string
  asset?: string
  /** 1 to 1,000. Default 100. */
  limit?: number
  /** The `nextAfterSeq` of the page before. Default 0: from the first entry on. */
  afterSeq?: number
}

export interface Statement {
  /** In the order of `seq`. */
  entries: LedgerEntry[]
  /** Absent on the last page. */
  nextAfterSeq?: number
}

const DEFAULT_LIMIT = 100
/** SQLite takes 500 in a statement. */
const MAX_LOOK_UPS = 400

/** A page costs the same wherever it is and however long the journal. */
export async function readStatement(manager: EntityManager, query: StatementQuery): Promise<Statement> {
  const { tenantId, code, asset, limit = DEFAULT_LIMIT, afterSeq = 0 } = query
  assertIdentifier(tenantId, 'tenantId')
  if (code !== undefined) assertIdentifier(code, 'code')
  if (asset !== undefined) assertIdentifier(asset, 'asset')
  assertLimit(limit)
  if (!Number.isSafeInteger(afterSeq) || afterSeq < 0) throw kitErrors.invalid_argument('afterSeq must be a seq')
  const rows = await readRows(manager, { code, asset }, { tenantId, afterSeq, limit: limit + 1 })
  const entries = rows.slice(0, limit).map(toEntry)
  const last = entries.at(-1)
  return rows.length > limit && last !== undefined ? { entries, nextAfterSeq: last.seq } : { entries }
}

export async function readBalanceNow(manager: EntityManager, account: AccountReference): Promise<bigint> {
  assertAccount(account)
  return readBalance(manager, account)
}

export async function readBalancesNow(
  manager: EntityManager,
  tenantId: string,
  accounts: readonly Omit<AccountReference, 'tenantId'>[],
): Promise<bigint[]> {
  for (const account of accounts) assertAccount({ ...account, tenantId })
  const balances: bigint[] = []
  for (let first = 0; first < accounts.length; first += MAX_LOOK_UPS) {
    const some = accounts.slice(first, first + MAX_LOOK_UPS)
    const sheet = await readBalances(manager, tenantId, some)
    balances.push(...some.map(({ code, asset }) => sheet.get(code, asset)))
  }
  return balances
}

/** The balance after the last entry that was stamped at `at` or before. */
export async function readBalanceAt(
  manager: EntityManager,
  { at, ...account }: AccountReference & { at: string },
): Promise<bigint> {
  assertAccount(account)
  assertInstant(at, 'at')
  const seq = await readLastSeqAt(manager, account.tenantId, at)
  const entry = await readLastEntryOfAccount(manager, account, seq)
  if (entry === undefined) return 0n
  return parseStoredAmount(entry.fromCode === account.code ? entry.fromBalance : entry.toBalance)
}

function assertAccount({ tenantId, code, asset }: AccountReference): void {
  assertIdentifier(tenantId, 'tenantId')
  assertIdentifier(code, 'code')
  assertIdentifier(asset, 'asset')
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
  return firstEntries(rows, page.limit)
}
