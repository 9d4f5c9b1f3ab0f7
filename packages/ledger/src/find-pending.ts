import type { TenantBooks } from './books.js'
import type { LedgerDeps } from './start-transfer.js'
import { openTransfer } from './transfer-codec.js'
import type { LedgerTransfer, TransferState } from './transfer.js'
import type { TransferRow } from './typeorm/rows.js'

/** The transfer has ended before, or it was never pending. Nothing was changed. */
export interface NotPending {
  outcome: 'not_pending'
  state: Exclude<TransferState, 'pending'>
  transfer: LedgerTransfer
}

/** The tenant has no such transfer. */
export interface UnknownTransfer {
  outcome: 'unknown_transfer'
}

export interface Pending {
  row: TransferRow
  transfer: LedgerTransfer
}

/** @param books undefined where the tenant has none */
export function findPending(
  { chainKey }: LedgerDeps,
  books: TenantBooks | undefined,
  transferId: string,
): (Pending & { books: TenantBooks }) | NotPending | UnknownTransfer {
  const row = books?.transfer(transferId)
  if (books === undefined || row === undefined) return { outcome: 'unknown_transfer' }
  const transfer = openTransfer(chainKey, row)
  if (transfer.state !== 'pending') return { outcome: 'not_pending', state: transfer.state, transfer }
  return { books, row, transfer }
}
