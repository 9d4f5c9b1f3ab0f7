import { OUTSIDE_PREFIX, type LedgerEntry, type LedgerLeg, type LedgerTransfer } from '@veramo-studio/ledger'
import { toAmount } from './amount.js'
import { findMoneyAccount, OUTSIDE_CORRECTION, OUTSIDE_REFUND, REVENUE, type MoneyAccount } from './money-account.js'
import type { Transaction, TransactionType } from './types/Money.js'

/** What of a transfer has moved for good. */
export interface Movement {
  legIndex: number
  amount: bigint
  createdAt: string
}

/** Undefined where none of the customer's balances changed, as when revenue goes elsewhere. */
export function toTransaction(transfer: LedgerTransfer, movement: Movement): Transaction | undefined {
  const { transferId, legs, metadata } = transfer
  const leg = legs[movement.legIndex]
  if (leg === undefined) throw new Error(`transfer ${transferId} has no leg ${movement.legIndex}`)
  const change = changeOf(leg)
  if (change === undefined) return undefined
  const { account, direction } = change
  return {
    transactionId: idOf(transfer, movement.legIndex),
    type: typeOf(leg, change),
    network: account.network,
    amount: toAmount(movement.amount),
    direction,
    source: account.source,
    reason: typeof metadata['reason'] === 'string' ? metadata['reason'] : null,
    ...(typeof metadata['method'] === 'string' && { method: metadata['method'] }),
    ...(typeof metadata['meter'] === 'string' && { meter: metadata['meter'] }),
    ...(typeof metadata['refundOf'] === 'string' && { refundOf: metadata['refundOf'] }),
    createdAt: movement.createdAt,
  }
}

/** All transactions of a transfer that has moved these amounts of its legs. */
export function transactionsOf(transfer: LedgerTransfer, amounts: readonly bigint[], createdAt: string): Transaction[] {
  return amounts.flatMap((amount, legIndex) => {
    const transaction = amount > 0n ? toTransaction(transfer, { legIndex, amount, createdAt }) : undefined
    return transaction === undefined ? [] : [transaction]
  })
}

interface Change {
  account: MoneyAccount
  direction: Transaction['direction']
}

function changeOf({ from, to, asset }: Omit<LedgerLeg, 'amount'>): Change | undefined {
  const receiver = findMoneyAccount({ code: to, asset })
  if (receiver !== undefined) return { account: receiver, direction: 'in' }
  const payer = findMoneyAccount({ code: from, asset })
  return payer && { account: payer, direction: 'out' }
}

function typeOf({ from, to }: Omit<LedgerLeg, 'amount'>, { account, direction }: Change): TransactionType {
  if ([from, to].includes(OUTSIDE_CORRECTION)) return 'correction'
  if (direction === 'in') return [REVENUE, OUTSIDE_REFUND].includes(from) ? 'refund' : account.source
  return to.startsWith(OUTSIDE_PREFIX) ? 'withdrawal' : 'charge'
}

/** A transfer that changes several balances is as many transactions; the others are counted from 2. */
function idOf({ transferId, legs }: LedgerTransfer, legIndex: number): string {
  const before = legs.slice(0, legIndex).filter((leg) => changeOf(leg) !== undefined).length
  return before === 0 ? transferId : `${transferId}#${before + 1}`
}

/**
 * Whether the transaction of an entry can be of a type, by the entry alone. What was set aside does not say from where:
 * money that a customer had.
 */
export function mayBeOfType({ kind, fromCode, toCode, asset }: LedgerEntry, type: TransactionType): boolean {
  const leg = { from: fromCode, to: toCode, asset }
  if (kind === 'settle') return type === (toCode.startsWith(OUTSIDE_PREFIX) ? 'withdrawal' : 'charge')
  const change = changeOf(leg)
  return change !== undefined && typeOf(leg, change) === type
}
