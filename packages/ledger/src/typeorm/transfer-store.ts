import type { EntityManager } from 'typeorm'
import type { PendingTransfer, TransferReference } from '../transfer.js'
import type { TransferRow } from './rows.js'
import { select } from './sql.js'

export const TRANSFER_NAMES = [
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
export const TRANSFER_BIGINTS: readonly string[] = ['startSeq', 'endSeq']

/** The columns of a transfer, of the table `t`. */
export const TRANSFER_COLUMNS = TRANSFER_NAMES.map((name) =>
  TRANSFER_BIGINTS.includes(name) ? `CAST(t."${name}" AS TEXT) AS "${name}"` : `t."${name}"`,
).join(', ')

export const FROM_TRANSFER = `SELECT ${TRANSFER_COLUMNS} FROM "studio_ledger_transfer" t`
const SELECT_TRANSFER = `${FROM_TRANSFER} WHERE t."tenantId" = ? AND t."transferId" = ?`
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
