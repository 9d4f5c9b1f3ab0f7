import { OUTSIDE_PREFIX, type LedgerLeg, type LedgerTransfer } from '@veramo-studio/ledger'
import { toAmount } from './amount.js'
import { findMoneyAccount, REVENUE, type MoneyAccount } from './money-account.js'
import type { Transaction, TransactionType } from './types/IAccountManager.js'

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
    createdAt: movement.createdAt,
  }
}

interface Change {
  account: MoneyAccount
  direction: Transaction['direction']
}

function changeOf({ from, to, asset }: LedgerLeg): Change | undefined {
  const receiver = findMoneyAccount({ code: to, asset })
  if (receiver !== undefined) return { account: receiver, direction: 'in' }
  const payer = findMoneyAccount({ code: from, asset })
  return payer && { account: payer, direction: 'out' }
}

function typeOf({ from, to }: LedgerLeg, { account, direction }: Change): TransactionType {
  if (direction === 'in') return from === REVENUE ? 'refund' : account.source
  return to.startsWith(OUTSIDE_PREFIX) ? 'withdrawal' : 'charge'
}

/** A transfer that changes several balances is as many transactions; the others are counted from 2. */
function idOf({ transferId, legs }: LedgerTransfer, legIndex: number): string {
  const before = legs.slice(0, legIndex).filter((leg) => changeOf(leg) !== undefined).length
  return before === 0 ? transferId : `${transferId}#${before + 1}`
}
