import type { Ledger, LedgerTransfer } from '@veramo-studio/ledger'
import { kitErrors } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { isPrintable } from './parse-text.js'
import { transactionsOf } from './to-transaction.js'
import type { Transaction } from './types/Money.js'

const MAX_ID_LENGTH = 255

/** A transaction of a customer by its id. Throws `not_found`, and `invalid_argument` where it is no charge. */
export async function findCharge(
  ledger: Ledger,
  manager: EntityManager,
  { tenantId, transactionId }: { tenantId: string; transactionId: string },
): Promise<Transaction> {
  for (const transferId of possibleTransfers(transactionId)) {
    const transfer = await ledger.getTransfer(manager, { tenantId, transferId })
    const found = transfer && pastTransactions(transfer).find((each) => each.transactionId === transactionId)
    if (found === undefined) continue
    if (found.type !== 'charge')
      throw kitErrors.invalid_argument(`transactionId is that of a ${found.type}: name a charge`)
    return found
  }
  throw kitErrors.not_found('transaction not found')
}

/** Its own, or that of several which one transfer made: those are numbered. */
function possibleTransfers(transactionId: string): string[] {
  if (transactionId === '' || transactionId.length > MAX_ID_LENGTH || !isPrintable(transactionId)) return []
  const [, transferId] = /^(.+)#\d+$/.exec(transactionId) ?? []
  return transferId === undefined ? [transactionId] : [transactionId, transferId]
}

/** What of a transfer has moved for good. */
function pastTransactions(transfer: LedgerTransfer): Transaction[] {
  const { state, legs, settledAmounts, createdAt, endedAt } = transfer
  if (state === 'posted')
    return transactionsOf(
      transfer,
      legs.map(({ amount }) => amount),
      createdAt,
    )
  return state === 'settled' ? transactionsOf(transfer, settledAmounts ?? [], endedAt ?? createdAt) : []
}
