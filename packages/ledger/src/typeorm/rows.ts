import type { EntryKind } from '../entry.js'
import type { TransferKind, TransferState } from '../transfer.js'

/** A row of the journal as SQL gives and takes it: 64-bit integers are text. */
export interface EntryRow {
  tenantId: string
  seq: string
  transferId: string
  legIndex: number
  kind: EntryKind
  fromCode: string
  toCode: string
  asset: string
  amount: string
  fromBalance: string
  toBalance: string
  createdAt: string
  previousHash: string
  hash: string
}

/** A transfer as SQL gives and takes it: JSON and 64-bit integers are text. */
export interface TransferRow {
  tenantId: string
  transferId: string
  kind: TransferKind
  state: TransferState
  /** A list of `{ from, to, asset, amount }`, amounts as decimal strings. */
  legs: string
  /** A list of decimal strings, or null. */
  settledAmounts: string | null
  metadata: string
  digest: string
  createdAt: string
  expiresAt: string | null
  endedAt: string | null
  startSeq: string
  endSeq: string | null
  seal: string
}

export interface ChainRow {
  tenantId: string
  seq: string
  hash: string
  closedAt: string | null
}

export interface AccountRow {
  code: string
  asset: string
  balance: string
}
