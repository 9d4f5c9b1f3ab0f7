import type { EntityManager } from 'typeorm'
import { assertReference } from './check-request.js'
import type { LedgerHead } from './entry.js'
import type { LedgerDeps } from './start-transfer.js'
import { openTransfer } from './transfer-codec.js'
import type { LedgerTransfer, TransferReference, TransferState } from './transfer.js'
import type { TransferRow } from './typeorm/rows.js'
import { lockTransfer } from './typeorm/transfer-store.js'

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

/** A pending transfer, whose tenant's turn is ours. */
export interface Pending {
  row: TransferRow
  transfer: LedgerTransfer
  head: LedgerHead
}

export async function findPending(
  { chainKey }: LedgerDeps,
  manager: EntityManager,
  reference: TransferReference,
): Promise<Pending | NotPending | UnknownTransfer> {
  assertReference(reference)
  const found = await lockTransfer(manager, reference)
  if (found === undefined) return { outcome: 'unknown_transfer' }
  const transfer = openTransfer(chainKey, found.row)
  if (transfer.state !== 'pending') return { outcome: 'not_pending', state: transfer.state, transfer }
  return { ...found, transfer }
}
