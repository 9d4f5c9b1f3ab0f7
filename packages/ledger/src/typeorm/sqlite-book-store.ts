import type { EntityManager } from 'typeorm'
import { assertWritten, bookChanges } from './book-changes.js'
import type { BookStore } from './book-store.js'
import { CHAIN_COLUMNS, toLocked } from './chain-store.js'
import { ENTRY_NAMES } from './entry-store.js'
import type { AccountRow, ChainRow, TransferRow } from './rows.js'
import { change, repeated, select, type Parameter } from './sql.js'
import { TRANSFER_COLUMNS, TRANSFER_NAMES } from './transfer-store.js'

/** Rows that share a statement. Small, so that few texts are to be prepared and kept. */
const CHUNK = 16

const BEGIN_CHAIN = `INSERT INTO "studio_ledger_chain" ("tenantId", "seq", "hash") VALUES (?, 0, '') ON CONFLICT DO NOTHING`
const ADVANCE_CHAIN = `UPDATE "studio_ledger_chain" SET "seq" = ?, "hash" = ? WHERE "tenantId" = ? AND "seq" = ? AND "hash" = ?`
const READ_CHAIN = `SELECT ${CHAIN_COLUMNS} FROM "studio_ledger_chain" WHERE "tenantId" = ?`
/** A chain with one of its transfers, in one look-up for both. */
const OPEN =
  `SELECT c."tenantId" AS "headTenantId", CAST(c."seq" AS TEXT) AS "headSeq", c."hash" AS "headHash", c."closedAt", ` +
  `${TRANSFER_COLUMNS} FROM "studio_ledger_chain" c LEFT JOIN "studio_ledger_transfer" t ` +
  `ON t."tenantId" = c."tenantId" AND t."transferId" = ? WHERE c."tenantId" = ?`
const READ_ACCOUNT =
  `SELECT "tenantId", "code", "asset", CAST("balance" AS TEXT) AS "balance" FROM "studio_ledger_account" ` +
  `WHERE "tenantId" = ? AND "code" = ? AND "asset" = ?`
const END_TRANSFER =
  `UPDATE "studio_ledger_transfer" SET "state" = ?, "settledAmounts" = ?, "expiresAt" = ?, "endedAt" = ?, "endSeq" = ?, ` +
  `"seal" = ? WHERE "tenantId" = ? AND "transferId" = ? AND "state" = 'pending' AND "seal" = ?`
const CHANGED_ACCOUNT = '(?, ?, ?, CAST(? AS bigint), CAST(? AS bigint))'

export const sqliteBookStore: BookStore = {
  open: async (manager, tenantIds, transfers) => {
    const named = new Set(transfers.map(({ tenantId }) => tenantId))
    const unnamed = tenantIds.filter((tenantId) => !named.has(tenantId))
    const chainRows = await lookUp<ChainRow>(
      manager,
      READ_CHAIN,
      unnamed.map((tenantId) => [tenantId]),
    )
    const keys = transfers.map(({ tenantId, transferId }) => [transferId, tenantId])
    const rows = await lookUp<OpenedRow>(manager, OPEN, keys)
    const locked = [...chainRows, ...rows.map(chainOf)].map((row) => [row.tenantId, toLocked(row)] as const)
    return { chains: [...new Map(locked).values()], transfers: rows.flatMap(transferOf) }
  },

  begin: async (manager, tenantIds) => {
    for (const tenantId of tenantIds) await change(manager, BEGIN_CHAIN, [tenantId])
  },

  readAccounts: (manager, accounts) =>
    lookUp<AccountRow & { tenantId: string }>(
      manager,
      READ_ACCOUNT,
      accounts.map(({ tenantId, code, asset }) => [tenantId, code, asset]),
    ),

  write: async (manager, books) => {
    const { heads, made, ended, changedAccounts, newAccounts, entries } = bookChanges(books)
    for (const { from, to } of heads) {
      const parameters = [String(to.seq), to.hash, from.tenantId, String(from.seq), from.hash]
      assertWritten('chains', await change(manager, ADVANCE_CHAIN, parameters), 1)
    }
    await insert(manager, { table: 'transfer', names: TRANSFER_NAMES, rows: made })
    for (const { from, to } of ended) {
      const { state, settledAmounts, expiresAt, endedAt, endSeq, seal, tenantId, transferId } = to
      const parameters = [state, settledAmounts, expiresAt, endedAt, endSeq, seal, tenantId, transferId, from.seal]
      assertWritten('transfers', await change(manager, END_TRANSFER, parameters), 1)
    }
    for (const chunk of chunks(changedAccounts)) {
      const parameters = chunk.flatMap(({ tenantId, code, asset, from, to }) => [
        ...[tenantId, code, asset],
        ...[String(from), String(to)],
      ])
      assertWritten('balances', await change(manager, changeAccounts(chunk.length), parameters), chunk.length)
    }
    const opened = newAccounts.map(({ to, ...account }) => ({ ...account, balance: String(to) }))
    await insert(manager, { table: 'account', names: ['tenantId', 'code', 'asset', 'balance'], rows: opened })
    await insert(manager, { table: 'entry', names: ENTRY_NAMES, rows: entries })
  },
}

/** A chain with one transfer of its tenant, or with nulls where there is no such transfer. */
type OpenedRow = { headTenantId: string; headSeq: string; headHash: string; closedAt: string | null } & TransferRow

function chainOf({ headTenantId, headSeq, headHash, closedAt }: OpenedRow): ChainRow {
  return { tenantId: headTenantId, seq: headSeq, hash: headHash, closedAt }
}

function transferOf(row: OpenedRow): TransferRow[] {
  if ((row.transferId as string | null) === null) return []
  return [Object.fromEntries(TRANSFER_NAMES.map((name) => [name, row[name]])) as unknown as TransferRow]
}

/** One look-up by key for each of the keys. */
async function lookUp<Row>(manager: EntityManager, sql: string, keys: readonly string[][]): Promise<Row[]> {
  const rows: Row[] = []
  for (const chunk of chunks(keys)) {
    rows.push(...(await select<Row>(manager, repeated(sql, chunk.length, ' UNION ALL '), chunk.flat())))
  }
  return rows
}

interface Insertion<Name extends string> {
  table: string
  names: readonly Name[]
  rows: readonly Record<Name, Parameter>[]
}

async function insert<Name extends string>(
  manager: EntityManager,
  { table, names, rows }: Insertion<Name>,
): Promise<void> {
  const columns = names.map((name) => `"${name}"`).join(', ')
  const values = `(${repeated('?', names.length)})`
  for (const chunk of chunks(rows)) {
    const sql = `INSERT INTO "studio_ledger_${table}" (${columns}) VALUES ${repeated(values, chunk.length)}`
    await change(
      manager,
      sql,
      chunk.flatMap((row) => names.map((name) => row[name])),
    )
  }
}

function changeAccounts(count: number): string {
  return (
    `UPDATE "studio_ledger_account" SET "balance" = v.column5 FROM (VALUES ${repeated(CHANGED_ACCOUNT, count)}) AS v ` +
    `WHERE "tenantId" = v.column1 AND "code" = v.column2 AND "asset" = v.column3 AND "balance" = v.column4`
  )
}

function chunks<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / CHUNK)
  return Array.from({ length: count }, (_unused, index) => items.slice(index * CHUNK, (index + 1) * CHUNK))
}
