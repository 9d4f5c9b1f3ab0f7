import type { ChainTransaction } from '@veramo-studio/plugin-kit'
import type { Amount, MadeThing } from './types/IBillingManager.js'

/** A transaction that a metered call was about to send, as `markBroadcast` made it durable. */
export interface MarkedTransaction extends ChainTransaction {
  customerId: string
  reservationId: string
  /** The agent method that was called. */
  method: string
  /** ISO 8601, UTC. */
  markedAt: string
}

/**
 * What became of a transaction. Only what is certain may be told: `settled` where a block has executed it with success;
 * `voided` where it never will be, that is where a block has it as failed, where another transaction has used its
 * sequence, or where a block past its timeout height is final and none up to it has the transaction. All else is
 * `unknown`, and is asked again: not found yet, a node that does not answer or is behind.
 */
export type TransactionOutcome =
  | {
      outcome: 'settled'
      /** What it has made, for those who never got the answer. */
      made?: MadeThing[]
      /** Units that it has done, where those are fewer than were set aside. */
      units?: number
      /** What the chain took for it. */
      fee?: Amount
    }
  | { outcome: 'voided'; reason: 'failed' | 'sequence_used' | 'timed_out'; fee?: Amount }
  | { outcome: 'unknown'; reason?: string }

/** Looks up what became of transactions. Whoever sends some has one; it answers `unknown` for those of others. */
export interface ReservationOutcomes {
  /** Rejects, or answers `unknown`, where it cannot tell. The signal ends the time that it has. */
  outcomeOf(transaction: MarkedTransaction, signal: AbortSignal): Promise<TransactionOutcome>
}
