import { csvRecord } from './csv.js'
import type { Amount } from './types/Money.js'
import type { StatementMovement } from './types/Statement.js'

const TITLES = [
  ...['createdAt', 'transactionId', 'type', 'source', 'in', 'out', 'balance', 'denom'],
  ...['reason', 'method', 'meter', 'refundOf'],
]

export interface CsvPage {
  movements: readonly StatementMovement[]
  /** Given for the first page alone. */
  opening: { balance: Amount; at: string | null } | undefined
  /** Given for the last page alone. */
  closing: { balance: Amount; at: string | null } | undefined
}

/** Pages put together are the whole file. */
export function toCsv({ movements, opening, closing }: CsvPage): string {
  const head = opening === undefined ? '' : csvRecord(TITLES) + balanceRecord('opening', opening)
  const tail = closing === undefined ? '' : balanceRecord('closing', closing)
  return head + movements.map(movementRecord).join('') + tail
}

function movementRecord(movement: StatementMovement): string {
  const { createdAt, transactionId, type, source, direction, amount, balance, reason } = movement
  const { method = '', meter = '', refundOf = '' } = movement
  const [received, paid] = direction === 'in' ? [amount.amount, ''] : ['', amount.amount]
  return csvRecord([
    ...[createdAt, transactionId, type, source, received, paid, balance.amount, balance.denom],
    ...[reason ?? '', method, meter, refundOf],
  ])
}

function balanceRecord(type: 'opening' | 'closing', { balance, at }: { balance: Amount; at: string | null }): string {
  return csvRecord([at ?? '', '', type, '', '', '', balance.amount, balance.denom, '', '', '', ''])
}
