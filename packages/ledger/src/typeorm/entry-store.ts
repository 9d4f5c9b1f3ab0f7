import type { EntityManager } from 'typeorm'
import { parseStoredAmount } from '../amount.js'
import type { AccountReference, LedgerEntry } from '../entry.js'
import type { EntryRow } from './rows.js'
import { select, type Parameter } from './sql.js'

export const ENTRY_NAMES = [
  'tenantId',
  'seq',
  'transferId',
  'legIndex',
  'kind',
  'fromCode',
  'toCode',
  'asset',
  'amount',
  'fromBalance',
  'toBalance',
  'createdAt',
  'previousHash',
  'hash',
] as const satisfies (keyof EntryRow)[]
export const ENTRY_BIGINTS: readonly string[] = ['seq', 'amount', 'fromBalance', 'toBalance']

/** The columns of an entry, of the table `e`. */
export const ENTRY_COLUMNS = ENTRY_NAMES.map((name) =>
  ENTRY_BIGINTS.includes(name) ? `CAST(e."${name}" AS TEXT) AS "${name}"` : `e."${name}"`,
).join(', ')

const FROM_ENTRY = `SELECT ${ENTRY_COLUMNS} FROM "studio_ledger_entry" e WHERE e."tenantId" = ?`
const BOUNDS = `AND e."seq" > ? AND e."seq" < ?`
/** The end of a statement that gives a page, oldest first and newest first. */
const PAGES = { oldest: `${BOUNDS} ORDER BY e."seq" LIMIT ?`, newest: `${BOUNDS} ORDER BY e."seq" DESC LIMIT ?` }
const PAGE_OF_TENANT = eachWay((page) => `${FROM_ENTRY} ${page}`)
const PAGE_OF_ASSET = eachWay((page) => `${FROM_ENTRY} AND e."asset" = ? ${page}`)
const PAGE_OF_ACCOUNT = eachWay(
  (page) =>
    `SELECT * FROM (${FROM_ENTRY} AND e."fromCode" = ? AND e."asset" = ? ${page}) AS paid UNION ALL ` +
    `SELECT * FROM (${FROM_ENTRY} AND e."toCode" = ? AND e."asset" = ? ${page}) AS received`,
)
const SEQ_OF_TENANT = `SELECT CAST(e."seq" AS TEXT) AS "seq" FROM "studio_ledger_entry" e WHERE e."tenantId" = ?`
const LAST_STAMPED_BEFORE = `${SEQ_OF_TENANT} AND e."createdAt" < ? ORDER BY e."createdAt" DESC, e."seq" DESC LIMIT 1`
const FIRST_NOT_BEFORE = `${SEQ_OF_TENANT} AND e."seq" > ? AND e."createdAt" >= ? ORDER BY e."seq" LIMIT 1`
const BEFORE = `AND e."seq" < ? ORDER BY e."seq" DESC LIMIT 1`
const LAST_OF_ACCOUNT =
  `SELECT * FROM (${FROM_ENTRY} AND e."fromCode" = ? AND e."asset" = ? ${BEFORE}) AS paid UNION ALL ` +
  `SELECT * FROM (${FROM_ENTRY} AND e."toCode" = ? AND e."asset" = ? ${BEFORE}) AS received`
const SELECT_HASH = `SELECT "hash" FROM "studio_ledger_entry" WHERE "tenantId" = ? AND "seq" = ?`

/** Which entries of a tenant, in the order of their numbers: those between the two, without them. */
export interface EntryPage {
  tenantId: string
  afterSeq: number
  beforeSeq: number
  first: keyof typeof PAGES
  limit: number
}

export async function readEntries(manager: EntityManager, page: EntryPage): Promise<EntryRow[]> {
  return select<EntryRow>(manager, PAGE_OF_TENANT[page.first], [page.tenantId, ...bounds(page)])
}

export async function readEntriesOfAsset(manager: EntityManager, asset: string, page: EntryPage): Promise<EntryRow[]> {
  return select<EntryRow>(manager, PAGE_OF_ASSET[page.first], [page.tenantId, asset, ...bounds(page)])
}

export async function readEntriesOfAccount(
  manager: EntityManager,
  { code, asset }: { code: string; asset: string },
  page: EntryPage,
): Promise<EntryRow[]> {
  const side = [page.tenantId, code, asset, ...bounds(page)]
  return firstEntries(await select<EntryRow>(manager, PAGE_OF_ACCOUNT[page.first], [...side, ...side]), page)
}

/** The first of several pages put together. */
export function firstEntries(rows: EntryRow[], { first, limit }: Pick<EntryPage, 'first' | 'limit'>): EntryRow[] {
  const direction = first === 'oldest' ? 1 : -1
  return rows.sort((one, other) => direction * (Number(one.seq) - Number(other.seq))).slice(0, limit)
}

/**
 * The number of the first entry that comes after all that was stamped before an instant; undefined where none does. Found
 * by the entry stamped last before it, which is hardly ever followed by another such one: only where a clock was set
 * back, or that of another process is behind.
 */
export async function readFirstSeqFrom(
  manager: EntityManager,
  tenantId: string,
  instant: string,
): Promise<number | undefined> {
  const before = await readSeq(manager, LAST_STAMPED_BEFORE, [tenantId, instant])
  return readSeq(manager, FIRST_NOT_BEFORE, [tenantId, String(before ?? 0), instant])
}

/** The last entry of an account among those of its tenant numbered below `beforeSeq`. */
export async function readLastEntryOfAccount(
  manager: EntityManager,
  { tenantId, code, asset }: AccountReference,
  beforeSeq: number,
): Promise<EntryRow | undefined> {
  const side = [tenantId, code, asset, String(beforeSeq)]
  const rows = await select<EntryRow>(manager, LAST_OF_ACCOUNT, [...side, ...side])
  return firstEntries(rows, { first: 'newest', limit: 1 })[0]
}

export async function readEntryHash(
  manager: EntityManager,
  tenantId: string,
  seq: number,
): Promise<string | undefined> {
  const [row] = await select<{ hash: string }>(manager, SELECT_HASH, [tenantId, String(seq)])
  return row?.hash
}

export function toEntry(row: EntryRow): LedgerEntry {
  return {
    ...row,
    seq: Number(row.seq),
    amount: parseStoredAmount(row.amount),
    fromBalance: parseStoredAmount(row.fromBalance),
    toBalance: parseStoredAmount(row.toBalance),
  }
}

function eachWay(statement: (page: string) => string): Record<EntryPage['first'], string> {
  return { oldest: statement(PAGES.oldest), newest: statement(PAGES.newest) }
}

function bounds({ afterSeq, beforeSeq, limit }: EntryPage): Parameter[] {
  return [String(afterSeq), String(beforeSeq), limit]
}

async function readSeq(manager: EntityManager, sql: string, parameters: Parameter[]): Promise<number | undefined> {
  const [row] = await select<{ seq: string }>(manager, sql, parameters)
  return row && Number(row.seq)
}
