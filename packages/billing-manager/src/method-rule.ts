/**
 * What a method leaves behind, which says how a crash during it is resolved. `pure`: nothing. `stored`: rows that carry
 * the id of the call. `ledger`: a transaction on a chain.
 */
export type CallEffect = 'pure' | 'stored' | 'ledger'

/** What an agent method costs: nothing, or a unit of a meter. */
export type MethodRule = FreeMethodRule | MeteredMethodRule

export interface FreeMethodRule {
  effect: CallEffect
  free: true
}

export interface MeteredMethodRule {
  effect: CallEffect
  free?: undefined
  /** Such as `did.create`. */
  meter: string
  /** The kind of thing whose stored row proves that a call has done its work. Required where the effect is `stored`. */
  makes?: string
  /** The answer is a secret: it is not kept, and never given again to a repeated call. */
  secret?: boolean
}

/** Units that one call takes of its meter. */
export const UNITS_PER_CALL = 1
