import type { EntityManager } from 'typeorm'
import type { LedgerHead } from '../entry.js'
import { ledgerErrors } from '../errors.js'
import type { PendingTransfer, TransferReference } from '../transfer.js'
import type { TransferRow } from './rows.js'
import { change, isPostgres, select } from './sql.js'

const COLUMNS = [
  'tenantId',
  'transferId',
  'kind',
  'state',
  'legs',
  'settledAmounts',
  'metadata',
  'digest',
  'createdAt',
  'expiresAt',
  'endedAt',
  'startSeq',
  'endSeq',
  'seal',
] as const satisfies (keyof TransferRow)[]
const BIGINT_COLUMNS: readonly string[] = ['startSeq', 'endSeq']

/** The columns of a transfer, of the table `t`. */
export const TRANSFER_COLUMNS = COLUMNS.map((name) =>
  BIGINT_COLUMNS.includes(name) ? `CAST(t."${name}" AS TEXT) AS "${name}"` : `t."${name}"`,
).join(', ')

const FROM_TRANSFER = `SELECT ${TRANSFER_COLUMNS} FROM "studio_ledger_transfer" t`
const SELECT_TRANSFER = `${FROM_TRANSFER} WHERE t."tenantId" = ? AND t."transferId" = ?`
const SELECT_WITH_HEAD =
  `SELECT CAST(c."seq" AS TEXT) AS "headSeq", c."hash" AS "headHash", ${TRANSFER_COLUMNS} FROM "studio_ledger_chain" c ` +
  `JOIN "studio_ledger_transfer" t ON t."tenantId" = c."tenantId" WHERE c."tenantId" = ? AND t."transferId" = ?`
const LOCK_WITH_HEAD = `${SELECT_WITH_HEAD} FOR UPDATE OF c, t`
const INSERT_TRANSFER =
  `INSERT INTO "studio_ledger_transfer" (${COLUMNS.map((name) => `"${name}"`).join(', ')}) ` +
  `VALUES (${COLUMNS.map(() => '?').join(', ')}) ON CONFLICT DO NOTHING`
const UPDATE_TRANSFER =
  `UPDATE "studio_ledger_transfer" SET "state" = ?, "settledAmounts" = ?, "expiresAt" = ?, "endedAt" = ?, "endSeq" = ?, ` +
  `"seal" = ? WHERE "tenantId" = ? AND "transferId" = ? AND "state" = 'pending'`
const FROM_PENDING = `SELECT "tenantId", "transferId", "createdAt", "expiresAt" FROM "studio_ledger_transfer"`
// The state is spelled out: a parameter would keep the partial indices from being used.
const SELECT_DUE =
  `${FROM_PENDING} WHERE "state" = 'pending' AND "expiresAt" <= ? ` +
  `ORDER BY "expiresAt", "tenantId", "transferId" LIMIT ?`
const SELECT_PENDING =
  `${FROM_PENDING} WHERE "state" = 'pending' AND ("tenantId", "transferId") > (?, ?) ` +
  `ORDER BY "tenantId", "transferId" LIMIT ?`
const SELECT_PENDING_OF_TENANT = `${FROM_PENDING} WHERE "state" = 'pending' AND "tenantId" = ? AND "transferId" > ? ORDER BY "transferId" LIMIT ?`

export interface PendingPage {
  tenantId: string | undefined
  after: TransferReference | undefined
  limit: number
}

export async function readTransfer(
  manager: EntityManager,
  { tenantId, transferId }: TransferReference,
): Promise<TransferRow | undefined> {
  const [row] = await select<TransferRow>(manager, SELECT_TRANSFER, [tenantId, transferId])
  return row
}

/**
 * A transfer, after waiting for its tenant's turn: of several that would end it one comes first, and the others see
 * what that one did. Nothing is locked where there is no such transfer.
 */
export async function lockTransfer(
  manager: EntityManager,
  { tenantId, transferId }: TransferReference,
): Promise<{ row: TransferRow; head: LedgerHead } | undefined> {
  // Postgres locks in the order of OF, and gives what a row it had to wait for has become.
  const sql = isPostgres(manager) ? LOCK_WITH_HEAD : SELECT_WITH_HEAD
  const [found] = await select<TransferRow & { headSeq: string; headHash: string }>(manager, sql, [
    tenantId,
    transferId,
  ])
  if (found === undefined) return undefined
  const { headSeq, headHash, ...row } = found
  return { row, head: { tenantId, seq: Number(headSeq), hash: headHash } }
}

/** False where the transfer id is taken. */
export async function insertTransfer(manager: EntityManager, row: TransferRow): Promise<boolean> {
  const parameters = COLUMNS.map((name) => row[name])
  return (await change(manager, INSERT_TRANSFER, parameters)) === 1
}

/** Writes what may change of a pending transfer. */
export async function updatePendingTransfer(manager: EntityManager, row: TransferRow): Promise<void> {
  const { state, settledAmounts, expiresAt, endedAt, endSeq, seal, tenantId, transferId } = row
  const parameters = [state, settledAmounts, expiresAt, endedAt, endSeq, seal, tenantId, transferId]
  if ((await change(manager, UPDATE_TRANSFER, parameters)) !== 1) {
    throw ledgerErrors.ledger_moved(`transfer ${transferId} changed while it was locked`)
  }
}

export async function readDueTransfers(manager: EntityManager, now: string, limit: number): Promise<PendingTransfer[]> {
  return select<PendingTransfer>(manager, SELECT_DUE, [now, limit])
}

/** Ordered by tenant and id. */
export async function readPendingTransfers(
  manager: EntityManager,
  { tenantId, after, limit }: PendingPage,
): Promise<PendingTransfer[]> {
  const afterId = after?.transferId ?? ''
  if (tenantId !== undefined) {
    return select<PendingTransfer>(manager, SELECT_PENDING_OF_TENANT, [tenantId, afterId, limit])
  }
  return select<PendingTransfer>(manager, SELECT_PENDING, [after?.tenantId ?? '', afterId, limit])
}
