import type { EntityManager } from 'typeorm'
import type { LedgerHead } from '../entry.js'
import { ledgerErrors } from '../errors.js'
import type { ChainRow } from './rows.js'
import { change, isPostgres, select } from './sql.js'

const CHAIN_COLUMNS = '"tenantId", CAST("seq" AS TEXT) AS "seq", "hash", "closedAt"'
const SELECT_CHAIN = `SELECT ${CHAIN_COLUMNS} FROM "studio_ledger_chain" WHERE "tenantId" = ?`
const LOCK_CHAIN = `${SELECT_CHAIN} FOR UPDATE`
const INSERT_CHAIN = `INSERT INTO "studio_ledger_chain" ("tenantId", "seq", "hash") VALUES (?, 0, '') ON CONFLICT DO NOTHING`
const ADVANCE_CHAIN = `UPDATE "studio_ledger_chain" SET "seq" = ?, "hash" = ? WHERE "tenantId" = ? AND "seq" = ? AND "hash" = ?`
const CLOSE_CHAIN = `UPDATE "studio_ledger_chain" SET "closedAt" = ? WHERE "tenantId" = ?`
const PAGE_OF_CHAINS = `SELECT ${CHAIN_COLUMNS} FROM "studio_ledger_chain" WHERE "tenantId" > ? ORDER BY "tenantId" LIMIT ?`

/** A chain whose turn is ours. */
export interface LockedChain {
  head: LedgerHead
  /** Null while transfers may be started. */
  closedAt: string | null
}

/** Waits for the tenant's turn, which lasts until the transaction ends. On SQLite a write has the file to itself. */
export async function lockChain(manager: EntityManager, tenantId: string): Promise<LockedChain> {
  const lock = isPostgres(manager) ? LOCK_CHAIN : SELECT_CHAIN
  const [known] = await select<ChainRow>(manager, lock, [tenantId])
  if (known !== undefined) return toLocked(known)
  await change(manager, INSERT_CHAIN, [tenantId])
  const [made] = await select<ChainRow>(manager, lock, [tenantId])
  if (made === undefined) throw ledgerErrors.ledger_moved(`the chain of ${tenantId} cannot be started`)
  return toLocked(made)
}

/** For a chain that is locked. */
export async function closeChain(manager: EntityManager, tenantId: string, closedAt: string): Promise<void> {
  await change(manager, CLOSE_CHAIN, [closedAt, tenantId])
}

export async function advanceChain(manager: EntityManager, from: LedgerHead, to: LedgerHead): Promise<void> {
  const parameters = [String(to.seq), to.hash, from.tenantId, String(from.seq), from.hash]
  if ((await change(manager, ADVANCE_CHAIN, parameters)) !== 1) {
    throw ledgerErrors.ledger_moved(`the chain of ${from.tenantId} changed while it was locked`)
  }
}

export async function readHead(manager: EntityManager, tenantId: string): Promise<LedgerHead> {
  const [row] = await select<ChainRow>(manager, SELECT_CHAIN, [tenantId])
  return row === undefined ? { tenantId, seq: 0, hash: '' } : toHead(row)
}

/** Ordered by tenant. No tenant id is empty: '' is before all. */
export async function readHeads(manager: EntityManager, page: { after: string; limit: number }): Promise<LedgerHead[]> {
  return (await select<ChainRow>(manager, PAGE_OF_CHAINS, [page.after, page.limit])).map(toHead)
}

function toLocked(row: ChainRow): LockedChain {
  return { head: toHead(row), closedAt: row.closedAt }
}

function toHead({ tenantId, seq, hash }: ChainRow): LedgerHead {
  return { tenantId, seq: Number(seq), hash }
}
