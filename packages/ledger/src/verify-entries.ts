import { parseStoredAmount } from './amount.js'
import { BalanceSheet } from './balance-sheet.js'
import type { ChainKey } from './chain-key.js'
import { movementsStartingAt, type Movement } from './movements.js'
import { isSealed, toTransfer } from './transfer-codec.js'
import type { EntryRow, TransferRow } from './typeorm/rows.js'

/** What is wrong with an entry. */
export type EntryFault =
  | 'entry_missing'
  | 'entry_unchained'
  | 'entry_changed'
  | 'entry_without_transfer'
  | 'transfer_changed'
  | 'entry_not_of_transfer'
  | 'balance_negative'
  | 'entry_balance_wrong'

interface Expected {
  transferId: string
  seq: number
  createdAt: string | null
  movement: Movement
}

/**
 * Follows one tenant's journal from its first entry on. What it remembers grows with the number of accounts, and not
 * with the number of entries.
 */
export class EntryVerifier {
  /** The balances that the entries up to now add up to. */
  readonly sheet = new BalanceSheet()
  private seq = 0
  private hash = ''
  /** The rest of a transfer that has begun: it must follow without a gap. */
  private expected: Expected[] = []

  constructor(private readonly chainKey: ChainKey) {}

  /** The number and hash of the entry that was checked last. */
  get head(): { seq: number; hash: string } {
    return { seq: this.seq, hash: this.hash }
  }

  /** The transfer of which the last entry checked is not the last one, if there is such. */
  get unfinished(): string | undefined {
    return this.expected[0]?.transferId
  }

  /** Checks the next entry against the chain, the transfer that it names, and the balances. */
  check(row: EntryRow, transfer: TransferRow | undefined): EntryFault | undefined {
    const fault = this.checkChain(row) ?? this.checkTransfer(row, transfer) ?? this.checkBalances(row)
    if (fault !== undefined) return fault
    this.seq += 1
    this.hash = row.hash
    return undefined
  }

  private checkChain(row: EntryRow): EntryFault | undefined {
    if (row.seq !== String(this.seq + 1)) return 'entry_missing'
    // Its own hash first: an entry whose predecessor was changed is not to blame.
    if (this.chainKey.hashEntry(row) !== row.hash) return 'entry_changed'
    return row.previousHash === this.hash ? undefined : 'entry_unchained'
  }

  private checkTransfer(row: EntryRow, transferRow: TransferRow | undefined): EntryFault | undefined {
    if (this.expected.length === 0) {
      if (transferRow === undefined) return 'entry_without_transfer'
      if (!isSealed(this.chainKey, transferRow)) return 'transfer_changed'
      this.expected = this.expectedFrom(transferRow)
    }
    const expected = this.expected.shift()
    return expected !== undefined && isAsExpected(row, expected) ? undefined : 'entry_not_of_transfer'
  }

  private expectedFrom(transferRow: TransferRow): Expected[] {
    const transfer = toTransfer(transferRow)
    const first = this.seq + 1
    const createdAt = first === transfer.startSeq ? transfer.createdAt : transfer.endedAt
    const { transferId } = transfer
    return movementsStartingAt(transfer, first).map((movement, index) => ({
      transferId,
      seq: first + index,
      createdAt,
      movement,
    }))
  }

  private checkBalances(row: EntryRow): EntryFault | undefined {
    const { fromCode: from, toCode: to, asset, legIndex, kind } = row
    const amount = parseStoredAmount(row.amount)
    const applied = this.sheet.apply([{ legIndex, kind, from, to, asset, amount }])
    if (applied.outcome === 'insufficient') return 'balance_negative'
    const step = applied.outcome === 'applied' ? applied.steps[0] : undefined
    if (String(step?.fromBalance) === row.fromBalance && String(step?.toBalance) === row.toBalance) return undefined
    return 'entry_balance_wrong'
  }
}

function isAsExpected(row: EntryRow, { transferId, seq, createdAt, movement }: Expected): boolean {
  return (
    row.transferId === transferId &&
    row.seq === String(seq) &&
    row.createdAt === createdAt &&
    row.kind === movement.kind &&
    row.legIndex === movement.legIndex &&
    row.fromCode === movement.from &&
    row.toCode === movement.to &&
    row.asset === movement.asset &&
    row.amount === String(movement.amount)
  )
}
