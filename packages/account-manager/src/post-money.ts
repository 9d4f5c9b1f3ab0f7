import { createHash } from 'node:crypto'
import type { Ledger, LedgerLeg, LedgerTransfer, PostResult } from '@veramo-studio/ledger'
import { isStudioError, kitErrors, type Clock, type Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { writeAudit } from './audit-log.js'
import { parseExactText, parseText } from './parse-text.js'
import { toTransaction } from './to-transaction.js'
import { requireAccount } from './typeorm/account-store.js'
import type { AuditAction } from './types/AuditLog.js'
import type { Transaction } from './types/Money.js'

export interface ReadMoneyDeps {
  database: Database
  ledger: Ledger
}

export interface MoneyDeps extends ReadMoneyDeps {
  clock: Clock
}

export const MAX_REASON_LENGTH = 500
const MAX_KEY_LENGTH = 255

/** Why money is moved, and by which key it is moved once. */
export interface MoneyNote {
  reason: string
  idempotencyKey: string
}

export interface MoneyMove {
  action: Extract<AuditAction, 'credit' | 'refund' | 'correct'>
  tenantId: string
  leg: LedgerLeg
  note: MoneyNote
  /** Kept with the transfer, beside the note. */
  details?: Readonly<Record<string, unknown>>
}

export function parseNote({ reason, idempotencyKey }: MoneyNote): MoneyNote {
  return {
    reason: parseText('reason', reason, MAX_REASON_LENGTH),
    idempotencyKey: parseExactText('idempotencyKey', idempotencyKey, MAX_KEY_LENGTH),
  }
}

/** A digest, since a key may be as long as a transfer id. Each method has keys of its own. */
export function toTransferId(action: MoneyMove['action'], idempotencyKey: string): string {
  return `${action}:${createHash('sha256').update(idempotencyKey).digest('hex')}`
}

/**
 * Moves money once for a key: the ledger posts a transfer id once, and a repeated call finds what the first one has
 * made. Undefined where an account has not enough.
 */
export async function postMoney(
  { ledger, clock }: MoneyDeps,
  manager: EntityManager,
  { action, tenantId, leg, note, details }: MoneyMove,
): Promise<{ transaction: Transaction; replayed: boolean } | undefined> {
  await requireAccount(manager, tenantId)
  const transferId = toTransferId(action, note.idempotencyKey)
  const metadata = { ...note, ...details }
  const result: PostResult = await ledger.post(manager, { tenantId, transferId, legs: [leg], metadata })
  if (result.outcome === 'insufficient') return undefined
  const transaction = postedTransaction(result.transfer)
  if (!result.replayed) {
    const { transactionId, network, source, direction, amount, refundOf } = transaction
    const after = {
      ...{ transactionId, network, source, direction, amount: amount.amount },
      ...(refundOf !== undefined && { refundOf }),
    }
    await writeAudit(clock, manager, { tenantId, action, before: null, after, reason: note.reason })
  }
  return { transaction, replayed: result.replayed }
}

export function postedTransaction(transfer: LedgerTransfer): Transaction {
  const [leg] = transfer.legs
  const { createdAt } = transfer
  const transaction = leg && toTransaction(transfer, { legIndex: 0, amount: leg.amount, createdAt })
  if (transaction === undefined) throw new Error(`transfer ${transfer.transferId} moves no money of a customer`)
  return transaction
}

/** @param what the key must not be used for again, such as `credit` */
export function explained(error: unknown, what: string): unknown {
  if (!isStudioError(error)) return error
  if (error.code === 'transfer_conflict') {
    return kitErrors.conflict(`idempotencyKey was used for another ${what}`, { cause: error })
  }
  if (error.code === 'balance_overflow') {
    return kitErrors.invalid_argument(
      'amount.amount takes what this customer has, or was given in all, past 2^63 - 1',
      { cause: error },
    )
  }
  return error
}
