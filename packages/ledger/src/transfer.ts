/** One movement that a transfer asks for: a positive amount of one asset, from one account of a tenant to another. */
export interface LedgerLeg {
  /** Account code, such as `credit:mainnet`. Never {@link HELD}. */
  from: string
  to: string
  /** What is counted, such as `unit:did.create` or `mainnet:ncheq`; opaque to the ledger. */
  asset: string
  /** 1 to 2^63 - 1, in the smallest unit. */
  amount: bigint
}

/** `post` moves at once and for good; `hold` sets aside, to be settled, voided or expired, once. */
export type TransferKind = 'post' | 'hold'

/** A posted transfer is `posted`; a hold is `pending` and then one of the three others, for good. */
export type TransferState = 'posted' | 'pending' | 'settled' | 'voided' | 'expired'

export type LedgerMetadata = Readonly<Record<string, unknown>>

/** Which transfer is meant. */
export interface TransferReference {
  tenantId: string
  transferId: string
}

export interface LedgerTransfer extends TransferReference {
  kind: TransferKind
  state: TransferState
  legs: LedgerLeg[]
  /** What of each leg was settled; null unless the state is `settled`. */
  settledAmounts: bigint[] | null
  metadata: LedgerMetadata
  /** ISO-8601, as are all times. */
  createdAt: string
  /** When a pending transfer may be expired; null: never. */
  expiresAt: string | null
  endedAt: string | null
  /** The journal's first entry of this transfer; its others follow without a gap. */
  startSeq: number
  /** The journal's first entry of what ended this transfer; null where nothing has. */
  endSeq: number | null
}

/** A pending transfer in a list. `getTransfer` has the rest of it; a corrupt one fails there, and not the whole list. */
export interface PendingTransfer extends TransferReference {
  createdAt: string
  expiresAt: string | null
}

/** The account that holds what pending transfers have set aside. Only the ledger itself moves to and from it. */
export const HELD = 'held'

/** Accounts whose code starts so stand for the world outside the ledger. Only they may be negative. */
export const OUTSIDE_PREFIX = 'outside:'
