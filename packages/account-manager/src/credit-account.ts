import { createHash } from 'node:crypto'
import type { Ledger, LedgerTransfer, PostRequest } from '@veramo-studio/ledger'
import { isStudioError, kitErrors, type Database } from '@veramo-studio/plugin-kit'
import { parseAmount } from './amount.js'
import { moneyAccount, OUTSIDE_OPERATOR } from './money-account.js'
import { parseExactText, parseText } from './parse-text.js'
import { requireAccount } from './require-account.js'
import { toTransaction } from './to-transaction.js'
import type { AccountManagerCreditArgs, Transaction } from './types/IAccountManager.js'

export interface MoneyDeps {
  database: Database
  ledger: Ledger
}

const MAX_REASON_LENGTH = 500
const MAX_KEY_LENGTH = 255

/** The ledger posts a transfer id once: a repeated call finds what the first one has made. */
export async function creditAccount(
  { database, ledger }: MoneyDeps,
  args: AccountManagerCreditArgs,
): Promise<Transaction> {
  const request = toRequest(database.customerId(args.customerId), args)
  try {
    return await database.write(async (manager) => {
      await requireAccount(manager, request.tenantId)
      const result = await ledger.post(manager, request)
      if (result.outcome !== 'posted') throw new Error(`a credit cannot be ${result.outcome}`)
      return toCredit(result.transfer)
    })
  } catch (error) {
    throw explained(error)
  }
}

function toRequest(tenantId: string, args: AccountManagerCreditArgs): PostRequest {
  const { code, asset } = moneyAccount('credit', args.network)
  const amount = parseAmount(args.amount)
  const reason = parseText('reason', args.reason, MAX_REASON_LENGTH)
  const idempotencyKey = parseExactText('idempotencyKey', args.idempotencyKey, MAX_KEY_LENGTH)
  return {
    tenantId,
    transferId: toTransferId(idempotencyKey),
    legs: [{ from: OUTSIDE_OPERATOR, to: code, asset, amount }],
    metadata: { reason, idempotencyKey },
  }
}

/** A digest, since a key may be as long as a transfer id. */
function toTransferId(idempotencyKey: string): string {
  return `credit:${createHash('sha256').update(idempotencyKey).digest('hex')}`
}

function toCredit(transfer: LedgerTransfer): Transaction {
  const [leg] = transfer.legs
  const { createdAt } = transfer
  const credit = leg && toTransaction(transfer, { legIndex: 0, amount: leg.amount, createdAt })
  if (credit === undefined) throw new Error(`transfer ${transfer.transferId} is no credit`)
  return credit
}

function explained(error: unknown): unknown {
  if (!isStudioError(error)) return error
  if (error.code === 'transfer_conflict') {
    return kitErrors.conflict('idempotencyKey was used for another credit', { cause: error })
  }
  if (error.code === 'balance_overflow') {
    return kitErrors.invalid_argument(
      'amount.amount takes what this customer has, or was given in all, past 2^63 - 1',
      { cause: error },
    )
  }
  return error
}
