import { kitErrors } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { assertIdentifier, assertLimit, assertReference } from './check-request.js'
import type { LedgerDeps } from './start-transfer.js'
import { openTransfer } from './transfer-codec.js'
import type { LedgerTransfer, PendingTransfer, TransferReference } from './transfer.js'
import { readDueTransfers, readPendingTransfers, readTransfer } from './typeorm/transfer-store.js'

/** Which pending transfers: of one tenant, or of all. */
export interface PendingQuery {
  tenantId?: string
  /** The last transfer of the page before. */
  after?: TransferReference
  /** 1 to 1,000. Default 100. */
  limit?: number
}

const DEFAULT_LIMIT = 100

export async function getTransfer(
  { chainKey }: LedgerDeps,
  manager: EntityManager,
  reference: TransferReference,
): Promise<LedgerTransfer | undefined> {
  assertReference(reference)
  const row = await readTransfer(manager, reference)
  return row === undefined ? undefined : openTransfer(chainKey, row)
}

/** Those that were to expire first come first. */
export async function listDueTransfers(
  manager: EntityManager,
  { now, limit }: { now: Date; limit: number },
): Promise<PendingTransfer[]> {
  assertLimit(limit)
  if (!(now instanceof Date) || Number.isNaN(now.getTime())) throw kitErrors.invalid_argument('now must be a Date')
  return readDueTransfers(manager, now.toISOString(), limit)
}

/** Ordered by tenant and transfer id. */
export async function listPendingTransfers(
  manager: EntityManager,
  { tenantId, after, limit = DEFAULT_LIMIT }: PendingQuery,
): Promise<PendingTransfer[]> {
  if (tenantId !== undefined) assertIdentifier(tenantId, 'tenantId')
  if (after !== undefined) assertReference(after)
  assertLimit(limit)
  return readPendingTransfers(manager, { tenantId, after, limit })
}
