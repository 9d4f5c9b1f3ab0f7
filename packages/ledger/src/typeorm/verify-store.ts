import type { EntityManager } from 'typeorm'
import { ENTRY_COLUMNS } from './entry-store.js'
import type { EntryRow, TransferRow } from './rows.js'
import { repeated, select } from './sql.js'
import { TRANSFER_COLUMNS } from './transfer-store.js'

const TABLES = ['chain', 'entry', 'transfer', 'account'].map((name) => `"studio_ledger_${name}"`)
const LEAST_TENANTS = TABLES.map((table) => `SELECT MIN("tenantId") AS "tenantId" FROM ${table} WHERE "tenantId" > ?`)
const NEXT_TENANT = `SELECT MIN("tenantId") AS "tenantId" FROM (${LEAST_TENANTS.join(' UNION ALL ')}) AS least`
const SNAPSHOT =
  `SELECT CAST(c."seq" AS TEXT) AS "seq", c."hash", a."code", a."asset", CAST(a."balance" AS TEXT) AS "balance", ` +
  `CAST((SELECT MAX("seq") FROM "studio_ledger_entry" WHERE "tenantId" = ?) AS TEXT) AS "lastSeq" ` +
  `FROM (SELECT 1 AS one) AS anchor LEFT JOIN "studio_ledger_chain" c ON c."tenantId" = ? ` +
  `LEFT JOIN "studio_ledger_account" a ON a."tenantId" = ?`
const ENTRIES =
  `SELECT ${ENTRY_COLUMNS} FROM "studio_ledger_entry" e WHERE e."tenantId" = ? AND e."seq" > ? AND e."seq" <= ? ` +
  `ORDER BY e."seq" LIMIT ?`
const TRANSFERS_BY_ID = `SELECT ${TRANSFER_COLUMNS} FROM "studio_ledger_transfer" t WHERE t."tenantId" = ? AND t."transferId" IN`
const TRANSFERS =
  `SELECT ${TRANSFER_COLUMNS}, s."transferId" AS "startedBy", e."transferId" AS "endedBy" FROM "studio_ledger_transfer" t ` +
  `LEFT JOIN "studio_ledger_entry" s ON s."tenantId" = t."tenantId" AND s."seq" = t."startSeq" ` +
  `LEFT JOIN "studio_ledger_entry" e ON e."tenantId" = t."tenantId" AND e."seq" = t."endSeq" ` +
  `WHERE t."tenantId" = ? AND t."transferId" > ? ORDER BY t."transferId" LIMIT ?`

/** A tenant's head and cached balances at one instant. */
export interface Snapshot {
  /** Null where the tenant has no chain row. */
  head: { seq: string; hash: string } | null
  /** The highest number among its entries; null where it has none. */
  lastSeq: string | null
  accounts: { code: string; asset: string; balance: string }[]
}

/** A transfer, and whose entries are where it says that its own begin. */
export type TransferWithEntries = TransferRow & { startedBy: string | null; endedBy: string | null }

/** The tenant after `after` of all that have a row in any table. */
export async function readNextTenant(manager: EntityManager, after: string): Promise<string | undefined> {
  const parameters = TABLES.map(() => after)
  const [row] = await select<{ tenantId: string | null }>(manager, NEXT_TENANT, parameters)
  return row?.tenantId ?? undefined
}

/** One statement, so that it is one instant, whoever writes meanwhile. */
export async function readSnapshot(manager: EntityManager, tenantId: string): Promise<Snapshot> {
  interface Row {
    seq: string | null
    hash: string | null
    lastSeq: string | null
    code: string | null
    asset: string | null
    balance: string | null
  }
  const rows = await select<Row>(manager, SNAPSHOT, [tenantId, tenantId, tenantId])
  const { seq = null, hash = null, lastSeq = null } = rows[0] ?? {}
  const accounts = rows.flatMap(({ code, asset, balance }) =>
    code === null || asset === null || balance === null ? [] : [{ code, asset, balance }],
  )
  return { head: seq === null || hash === null ? null : { seq, hash }, lastSeq, accounts }
}

/** Bounds are text, so that they may lie outside of what a number can say. */
export async function readEntriesBetween(
  manager: EntityManager,
  { tenantId, after, upTo, limit }: { tenantId: string; after: string; upTo: string; limit: number },
): Promise<EntryRow[]> {
  return select<EntryRow>(manager, ENTRIES, [tenantId, after, upTo, limit])
}

export async function readTransfersById(
  manager: EntityManager,
  tenantId: string,
  transferIds: readonly string[],
): Promise<Map<string, TransferRow>> {
  if (transferIds.length === 0) return new Map()
  const sql = `${TRANSFERS_BY_ID} (${repeated('?', transferIds.length)})`
  const rows = await select<TransferRow>(manager, sql, [tenantId, ...transferIds])
  return new Map(rows.map((row) => [row.transferId, row]))
}

export async function readTransfersWithEntries(
  manager: EntityManager,
  { tenantId, after, limit }: { tenantId: string; after: string; limit: number },
): Promise<TransferWithEntries[]> {
  return select<TransferWithEntries>(manager, TRANSFERS, [tenantId, after, limit])
}
