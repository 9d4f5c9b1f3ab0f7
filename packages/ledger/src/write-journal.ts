import type { EntityManager } from 'typeorm'
import type { BalanceSheet, Step } from './balance-sheet.js'
import type { ChainKey } from './chain-key.js'
import type { LedgerHead } from './entry.js'
import type { TransferReference } from './transfer.js'
import { writeBalances } from './typeorm/account-store.js'
import { advanceChain } from './typeorm/chain-store.js'
import { insertEntries } from './typeorm/entry-store.js'
import type { EntryRow } from './typeorm/rows.js'

export interface JournalWriting extends TransferReference {
  head: LedgerHead
  steps: readonly Step[]
  before: BalanceSheet
  after: BalanceSheet
  createdAt: string
}

/** Appends entries to a locked chain, and keeps the balances in step. */
export async function writeJournal(manager: EntityManager, chainKey: ChainKey, writing: JournalWriting): Promise<void> {
  const { tenantId, head, before, after } = writing
  const rows = chainedEntries(chainKey, writing)
  const last = rows.at(-1)
  // Guarded by what was read, so it comes before the rest: a chain that moved on takes no entry.
  await advanceChain(manager, head, { tenantId, seq: head.seq + rows.length, hash: last?.hash ?? head.hash })
  await writeBalances(manager, tenantId, { before, after })
  await insertEntries(manager, rows)
}

function chainedEntries(
  chainKey: ChainKey,
  { tenantId, transferId, head, steps, createdAt }: JournalWriting,
): EntryRow[] {
  let previousHash = head.hash
  return steps.map(({ movement, fromBalance, toBalance }, index) => {
    const { legIndex, kind, from, to, asset, amount } = movement
    const unhashed: Omit<EntryRow, 'hash'> = {
      tenantId,
      seq: String(head.seq + 1 + index),
      transferId,
      legIndex,
      kind,
      fromCode: from,
      toCode: to,
      asset,
      amount: String(amount),
      fromBalance: String(fromBalance),
      toBalance: String(toBalance),
      createdAt,
      previousHash,
    }
    previousHash = chainKey.hashEntry(unhashed)
    return { ...unhashed, hash: previousHash }
  })
}
