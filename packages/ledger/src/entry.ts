/** `post` and `hold` start a transfer; `settle` pays out of a hold; `return` gives the rest of it back. */
export type EntryKind = 'post' | 'hold' | 'settle' | 'return'

/** A row of the journal, which is never changed or deleted. */
export interface LedgerEntry {
  tenantId: string
  /** 1, 2, 3 … for each tenant. */
  seq: number
  transferId: string
  /** The leg of the transfer, counted from 0. */
  legIndex: number
  kind: EntryKind
  fromCode: string
  toCode: string
  asset: string
  /** More than 0. */
  amount: bigint
  /** Balance of the account `fromCode` after this entry. */
  fromBalance: bigint
  /** Balance of the account `toCode` after this entry. */
  toBalance: bigint
  createdAt: string
  /** The `hash` of the entry before; empty for the first. */
  previousHash: string
  /** HMAC-SHA-256 of everything above under the chain key, in hex. */
  hash: string
}

/** The end of a tenant's chain. Kept elsewhere, it proves later that nothing before it was taken away. */
export interface LedgerHead {
  tenantId: string
  /** 0 where there is no entry. */
  seq: number
  /** Empty where there is no entry. */
  hash: string
}

/** Which account is meant. */
export interface AccountReference {
  tenantId: string
  code: string
  asset: string
}

export interface AccountBalance {
  code: string
  asset: string
  balance: bigint
}
