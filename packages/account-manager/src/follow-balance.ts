import type { LedgerEntry } from '@veramo-studio/ledger'

/** What is known of a balance up to an entry of the journal. */
export interface WatchedBalance {
  seq: number
  /** What can be spent after that entry. */
  available: bigint
  /** What could be spent when money last moved for good. */
  settled: bigint
}

/** A balance that was above a threshold, and no longer is. */
export interface Crossing {
  threshold: bigint
  available: bigint
  seq: number
  createdAt: string
}

export interface FollowOptions {
  /** The customer's accounts in the ledger whose sum is watched. */
  purses: readonly string[]
  thresholds: readonly bigint[]
}

/**
 * Follows a balance from entry to entry. It is held against the thresholds when money moves for good: what a call sets
 * aside and gives back, since it failed, is no news. It depends on the journal alone, so that all processes find the same.
 */
export function followBalance(
  from: WatchedBalance,
  entries: readonly LedgerEntry[],
  { purses, thresholds }: FollowOptions,
): { balance: WatchedBalance; crossings: Crossing[] } {
  let { seq, available, settled } = from
  const crossings: Crossing[] = []
  for (const { seq: entrySeq, kind, fromCode, toCode, amount, createdAt } of entries) {
    seq = entrySeq
    const [isPaid, isReceived] = [purses.includes(fromCode), purses.includes(toCode)]
    if (isReceived) available += amount
    if (isPaid) available -= amount
    const isForGood = kind === 'settle' || (kind === 'post' && (isPaid || isReceived))
    if (!isForGood) continue
    for (const threshold of thresholds) {
      if (settled > threshold && available <= threshold) crossings.push({ threshold, available, seq, createdAt })
    }
    settled = available
  }
  return { balance: { seq, available, settled }, crossings }
}
