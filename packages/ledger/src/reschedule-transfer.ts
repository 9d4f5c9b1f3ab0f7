import type { EntityManager } from 'typeorm'
import { assertInstant } from './check-request.js'
import { findPending, type NotPending, type UnknownTransfer } from './find-pending.js'
import type { LedgerDeps } from './start-transfer.js'
import { sealed, toTransfer } from './transfer-codec.js'
import type { LedgerTransfer, TransferReference } from './transfer.js'
import { updatePendingTransfer } from './typeorm/transfer-store.js'

export interface RescheduleRequest extends TransferReference {
  /** When it may be expired; null: never. */
  expiresAt: string | null
}

export type RescheduleResult = { outcome: 'rescheduled'; transfer: LedgerTransfer } | NotPending | UnknownTransfer

/** Changes when a hold may be expired. No money moves. */
export async function rescheduleTransfer(
  deps: LedgerDeps,
  manager: EntityManager,
  request: RescheduleRequest,
): Promise<RescheduleResult> {
  const { expiresAt } = request
  if (expiresAt !== null) assertInstant(expiresAt, 'expiresAt')
  const found = await findPending(deps, manager, request)
  if ('outcome' in found) return found
  const row = sealed(deps.chainKey, { ...found.row, expiresAt })
  await updatePendingTransfer(manager, row)
  return { outcome: 'rescheduled', transfer: toTransfer(row) }
}
