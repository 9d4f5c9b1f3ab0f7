import type { EntryKind } from './entry.js'
import { HELD, type LedgerLeg, type LedgerTransfer, type TransferKind } from './transfer.js'

/** An entry of the journal in the making. */
export interface Movement {
  legIndex: number
  kind: EntryKind
  from: string
  to: string
  asset: string
  amount: bigint
}

/** What starting a transfer moves. */
export function startMovements(kind: TransferKind, legs: readonly LedgerLeg[]): Movement[] {
  return legs.map(({ from, to, asset, amount }, legIndex) =>
    kind === 'post'
      ? { legIndex, kind: 'post', from, to, asset, amount }
      : { legIndex, kind: 'hold', from, to: HELD, asset, amount },
  )
}

/**
 * What ending a hold moves: the settled part of each leg goes where the leg says, the rest back to where it came from.
 * Null where nothing is settled: a void, or an expiry.
 */
export function endMovements(legs: readonly LedgerLeg[], settledAmounts: readonly bigint[] | null): Movement[] {
  return legs.flatMap(({ from, to, asset, amount }, legIndex) => {
    const settled = settledAmounts?.[legIndex] ?? 0n
    const movements: Movement[] = [
      { legIndex, kind: 'settle', from: HELD, to, asset, amount: settled },
      { legIndex, kind: 'return', from: HELD, to: from, asset, amount: amount - settled },
    ]
    return movements.filter((movement) => movement.amount > 0n)
  })
}

/** All that a transfer has moved up to now, by the number of its first entry. */
export function movementsStartingAt(transfer: LedgerTransfer, seq: number): Movement[] {
  if (seq === transfer.startSeq) return startMovements(transfer.kind, transfer.legs)
  if (seq === transfer.endSeq) return endMovements(transfer.legs, transfer.settledAmounts)
  return []
}
