import type { EntityManager } from 'typeorm'
import type { LedgerHead } from '../entry.js'
import type { ChainRow } from './rows.js'
import { change, select } from './sql.js'

export const CHAIN_COLUMNS = '"tenantId", CAST("seq" AS TEXT) AS "seq", "hash", "closedAt"'
const SELECT_CHAIN = `SELECT ${CHAIN_COLUMNS} FROM "studio_ledger_chain" WHERE "tenantId" = ?`
const CLOSE_CHAIN = `UPDATE "studio_ledger_chain" SET "closedAt" = ? WHERE "tenantId" = ?`
const PAGE_OF_CHAINS = `SELECT ${CHAIN_COLUMNS} FROM "studio_ledger_chain" WHERE "tenantId" > ? ORDER BY "tenantId" LIMIT ?`

/** A chain whose turn is ours. */
export interface LockedChain {
  head: LedgerHead
  /** Null while transfers may be started. */
  closedAt: string | null
}

/** For a chain whose turn is ours. */
export async function closeChain(manager: EntityManager, tenantId: string, closedAt: string): Promise<void> {
  await change(manager, CLOSE_CHAIN, [closedAt, tenantId])
}

export async function readHead(manager: EntityManager, tenantId: string): Promise<LedgerHead> {
  const [row] = await select<ChainRow>(manager, SELECT_CHAIN, [tenantId])
  return row === undefined ? { tenantId, seq: 0, hash: '' } : toHead(row)
}

/** Ordered by tenant. No tenant id is empty: '' is before all. */
export async function readHeads(manager: EntityManager, page: { after: string; limit: number }): Promise<LedgerHead[]> {
  return (await select<ChainRow>(manager, PAGE_OF_CHAINS, [page.after, page.limit])).map(toHead)
}

export function toLocked(row: ChainRow): LockedChain {
  return { head: toHead(row), closedAt: row.closedAt }
}

function toHead({ tenantId, seq, hash }: ChainRow): LedgerHead {
  return { tenantId, seq: Number(seq), hash }
}
