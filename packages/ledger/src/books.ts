import { BalanceSheet, type Applied, type Step } from './balance-sheet.js'
import type { ChainKey } from './chain-key.js'
import type { AccountBalance, LedgerHead } from './entry.js'
import type { Movement } from './movements.js'
import type { LockedChain } from './typeorm/chain-store.js'
import type { EntryRow, TransferRow } from './typeorm/rows.js'

/** A transfer that was made, or changed since it was read. */
export interface TransferChange {
  /** As it was read; undefined for one that was made. */
  from: TransferRow | undefined
  to: TransferRow
}

/**
 * What a write knows of one tenant whose turn is its own: operations are decided on it in memory, one after another, and
 * what they have changed is written in the end.
 */
export class TenantBooks {
  readonly sheet: BalanceSheet
  readonly entries: EntryRow[] = []
  private readonly transfers = new Map<string, TransferRow>()
  private readonly changed = new Map<string, TransferChange>()

  constructor(
    private readonly chain: LockedChain,
    readonly before: BalanceSheet,
    transfers: readonly TransferRow[],
  ) {
    this.sheet = new BalanceSheet(before.accounts())
    for (const row of transfers) this.transfers.set(row.transferId, row)
  }

  get tenantId(): string {
    return this.chain.head.tenantId
  }

  get isClosed(): boolean {
    return this.chain.closedAt !== null
  }

  get head(): { from: LedgerHead; to: LedgerHead } {
    const last = this.entries.at(-1)
    const { tenantId } = this
    const { head: from } = this.chain
    return { from, to: last === undefined ? from : { tenantId, seq: Number(last.seq), hash: last.hash } }
  }

  get nextSeq(): number {
    return this.chain.head.seq + this.entries.length + 1
  }

  /** Takes in balances that were read later, in the same turn. */
  learn(accounts: readonly AccountBalance[]): void {
    this.before.learn(accounts)
    this.sheet.learn(accounts)
  }

  transfer(transferId: string): TransferRow | undefined {
    return this.transfers.get(transferId)
  }

  /** Tries movements, all or none. */
  apply(movements: readonly Movement[]): Applied {
    return this.sheet.apply(movements)
  }

  putTransfer(row: TransferRow): void {
    const { transferId } = row
    const known = this.changed.get(transferId)
    this.changed.set(transferId, { from: known === undefined ? this.transfers.get(transferId) : known.from, to: row })
    this.transfers.set(transferId, row)
  }

  transferChanges(): TransferChange[] {
    return [...this.changed.values()]
  }

  /** Appends what was applied to the journal. */
  append(
    chainKey: ChainKey,
    { transferId, steps, createdAt }: { transferId: string; steps: readonly Step[]; createdAt: string },
  ): void {
    for (const { movement, fromBalance, toBalance } of steps) {
      const unhashed: Omit<EntryRow, 'hash'> = {
        tenantId: this.tenantId,
        seq: String(this.nextSeq),
        transferId,
        legIndex: movement.legIndex,
        kind: movement.kind,
        fromCode: movement.from,
        toCode: movement.to,
        asset: movement.asset,
        amount: String(movement.amount),
        fromBalance: String(fromBalance),
        toBalance: String(toBalance),
        createdAt,
        previousHash: this.head.to.hash,
      }
      this.entries.push({ ...unhashed, hash: chainKey.hashEntry(unhashed) })
    }
  }
}
