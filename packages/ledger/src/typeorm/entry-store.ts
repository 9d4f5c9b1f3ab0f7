import type { EntityManager } from 'typeorm'
import { parseStoredAmount } from '../amount.js'
import type { AccountReference, LedgerEntry } from '../entry.js'
import type { EntryRow } from './rows.js'
import { change, repeated, select } from './sql.js'

const COLUMNS = [
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
const BIGINT_COLUMNS: readonly string[] = ['seq', 'amount', 'fromBalance', 'toBalance']

/** The columns of an entry, of the table `e`. */
export const ENTRY_COLUMNS = COLUMNS.map((name) =>
  BIGINT_COLUMNS.includes(name) ? `CAST(e."${name}" AS TEXT) AS "${name}"` : `e."${name}"`,
).join(', ')

const INSERT_ENTRIES = `INSERT INTO "studio_ledger_entry" (${COLUMNS.map((name) => `"${name}"`).join(', ')}) VALUES`
const ENTRY_VALUES = `(${COLUMNS.map(() => '?').join(', ')})`
const FROM_ENTRY = `SELECT ${ENTRY_COLUMNS} FROM "studio_ledger_entry" e WHERE e."tenantId" = ?`
const PAGE = `AND e."seq" > ? ORDER BY e."seq" LIMIT ?`
const PAGE_OF_TENANT = `${FROM_ENTRY} ${PAGE}`
const PAGE_OF_ASSET = `${FROM_ENTRY} AND e."asset" = ? ${PAGE}`
const PAGE_OF_ACCOUNT =
  `SELECT * FROM (${FROM_ENTRY} AND e."fromCode" = ? AND e."asset" = ? ${PAGE}) AS paid UNION ALL ` +
  `SELECT * FROM (${FROM_ENTRY} AND e."toCode" = ? AND e."asset" = ? ${PAGE}) AS received`
const LAST_SEQ_AT =
  `SELECT CAST(e."seq" AS TEXT) AS "seq" FROM "studio_ledger_entry" e WHERE e."tenantId" = ? AND e."createdAt" <= ? ` +
  `ORDER BY e."createdAt" DESC, e."seq" DESC LIMIT 1`
const UP_TO = `AND e."seq" <= ? ORDER BY e."seq" DESC LIMIT 1`
const LAST_OF_ACCOUNT =
  `SELECT * FROM (${FROM_ENTRY} AND e."fromCode" = ? AND e."asset" = ? ${UP_TO}) AS paid UNION ALL ` +
  `SELECT * FROM (${FROM_ENTRY} AND e."toCode" = ? AND e."asset" = ? ${UP_TO}) AS received`
const SELECT_HASH = `SELECT "hash" FROM "studio_ledger_entry" WHERE "tenantId" = ? AND "seq" = ?`

/** Which entries of a tenant, in the order of their numbers. */
export interface EntryPage {
  tenantId: string
  afterSeq: number
  limit: number
}

export async function insertEntries(manager: EntityManager, rows: readonly EntryRow[]): Promise<void> {
  const parameters = rows.flatMap((row) => COLUMNS.map((name) => row[name]))
  await change(manager, `${INSERT_ENTRIES} ${repeated(ENTRY_VALUES, rows.length)}`, parameters)
}

export async function readEntries(manager: EntityManager, page: EntryPage): Promise<EntryRow[]> {
  return select<EntryRow>(manager, PAGE_OF_TENANT, [page.tenantId, String(page.afterSeq), page.limit])
}

export async function readEntriesOfAsset(manager: EntityManager, asset: string, page: EntryPage): Promise<EntryRow[]> {
  return select<EntryRow>(manager, PAGE_OF_ASSET, [page.tenantId, asset, String(page.afterSeq), page.limit])
}

export async function readEntriesOfAccount(
  manager: EntityManager,
  { code, asset }: { code: string; asset: string },
  { tenantId, afterSeq, limit }: EntryPage,
): Promise<EntryRow[]> {
  const side = [tenantId, code, asset, String(afterSeq), limit]
  const rows = await select<EntryRow>(manager, PAGE_OF_ACCOUNT, [...side, ...side])
  return firstEntries(rows, limit)
}

/** The first of several pages put together. */
export function firstEntries(rows: EntryRow[], limit: number): EntryRow[] {
  return rows.sort((one, other) => Number(one.seq) - Number(other.seq)).slice(0, limit)
}

/** The number of the entry that was stamped last, of those stamped at `at` or before; 0 where there is none. */
export async function readLastSeqAt(manager: EntityManager, tenantId: string, at: string): Promise<number> {
  const [row] = await select<{ seq: string }>(manager, LAST_SEQ_AT, [tenantId, at])
  return Number(row?.seq ?? 0)
}

/** The last entry of an account among the first `seq` of its tenant. */
export async function readLastEntryOfAccount(
  manager: EntityManager,
  { tenantId, code, asset }: AccountReference,
  seq: number,
): Promise<EntryRow | undefined> {
  const side = [tenantId, code, asset, String(seq)]
  return firstEntries(await select<EntryRow>(manager, LAST_OF_ACCOUNT, [...side, ...side]), 2).at(-1)
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
