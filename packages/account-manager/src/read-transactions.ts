import type { Ledger, LedgerEntry, LedgerTransfer, StatementQuery } from '@veramo-studio/ledger'
import type { EntityManager } from 'typeorm'
import { toTransaction } from './to-transaction.js'
import type { Transaction } from './types/Money.js'

export interface NumberedTransaction {
  /** Of the journal's entry. */
  seq: number
  transaction: Transaction
}

/** What a scan of the journal has found. */
export interface Scan {
  found: NumberedTransaction[]
  /** The last entry that was looked at, where there may be more behind it; undefined where that was all. */
  reached: LedgerEntry | undefined
}

export interface ScanQuery {
  /** Which entries, and in which order. */
  entries: Omit<StatementQuery, 'limit'>
  /** How many transactions are enough. */
  count: number
  /** Whether an entry may be one of those that are looked for: what is not, is not read further. */
  mayFit: (entry: LedgerEntry) => boolean
  fits: (transaction: Transaction) => boolean
}

const PAGE = 250
/** One scan looks at so many entries, and no more: a filter that fits few costs no more than one that fits all. */
const MAX_PAGES = 8

/** Reads the transactions that fit, in the order of the journal's entries, in one bounded scan. */
export async function scanTransactions(
  ledger: Ledger,
  manager: EntityManager,
  { entries: query, count, mayFit, fits }: ScanQuery,
): Promise<Scan> {
  const found: NumberedTransaction[] = []
  let position: Pick<StatementQuery, 'afterSeq' | 'beforeSeq'> = {}
  let reached: LedgerEntry | undefined
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const { entries, nextAfterSeq, nextBeforeSeq } = await ledger.statement(manager, {
      ...{ ...query, ...position },
      limit: PAGE,
    })
    for (const entry of entries) {
      reached = entry
      if (!isForGood(entry) || !mayFit(entry)) continue
      const transaction = await readTransaction(ledger, manager, entry)
      if (transaction === undefined || !fits(transaction)) continue
      found.push({ seq: entry.seq, transaction })
      if (found.length === count) return { found, reached }
    }
    if (nextAfterSeq === undefined && nextBeforeSeq === undefined) return { found, reached: undefined }
    position = nextAfterSeq === undefined ? { beforeSeq: Number(nextBeforeSeq) } : { afterSeq: nextAfterSeq }
  }
  return { found, reached }
}

/** What is set aside, and what of it returns, has come to nobody yet. */
function isForGood({ kind }: LedgerEntry): boolean {
  return kind === 'post' || kind === 'settle'
}

async function readTransaction(
  ledger: Ledger,
  manager: EntityManager,
  entry: LedgerEntry,
): Promise<Transaction | undefined> {
  const transfer = await ledger.getTransfer(manager, entry)
  return toTransaction(requireTransfer(transfer, entry), entry)
}

function requireTransfer(transfer: LedgerTransfer | undefined, { seq, transferId }: LedgerEntry): LedgerTransfer {
  if (transfer === undefined) throw new Error(`entry ${seq} is of transfer ${transferId}, which is not there`)
  return transfer
}
