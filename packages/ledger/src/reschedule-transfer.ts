import type { TenantBooks } from './books.js'
import { findPending, type NotPending, type UnknownTransfer } from './find-pending.js'
import type { LedgerDeps } from './start-transfer.js'
import { sealed, toTransfer } from './transfer-codec.js'
import type { LedgerTransfer, TransferReference } from './transfer.js'

export interface RescheduleRequest extends TransferReference {
  /** When it may be expired; null: never. */
  expiresAt: string | null
}

export type RescheduleResult = { outcome: 'rescheduled'; transfer: LedgerTransfer } | NotPending | UnknownTransfer

/** Changes when a hold may be expired. No money moves. */
export function rescheduleTransfer(
  deps: LedgerDeps,
  books: TenantBooks | undefined,
  { transferId, expiresAt }: RescheduleRequest,
): RescheduleResult {
  const found = findPending(deps, books, transferId)
  if ('outcome' in found) return found
  const row = sealed(deps.chainKey, { ...found.row, expiresAt })
  found.books.putTransfer(row)
  return { outcome: 'rescheduled', transfer: toTransfer(row) }
}
