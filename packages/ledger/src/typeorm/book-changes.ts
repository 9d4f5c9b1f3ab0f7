import type { TenantBooks } from '../books.js'
import type { LedgerHead } from '../entry.js'
import { ledgerErrors } from '../errors.js'
import type { EntryRow, TransferRow } from './rows.js'

interface BalanceChange {
  tenantId: string
  code: string
  asset: string
  /** Null for an account that is used for the first time. */
  from: bigint | null
  to: bigint
}

/** What a write has to change, table by table; each change with what it expects to find. */
export interface BookChanges {
  heads: { from: LedgerHead; to: LedgerHead }[]
  made: TransferRow[]
  ended: { from: TransferRow; to: TransferRow }[]
  changedAccounts: (BalanceChange & { from: bigint })[]
  newAccounts: BalanceChange[]
  entries: EntryRow[]
}

export function bookChanges(books: readonly TenantBooks[]): BookChanges {
  const transfers = books.flatMap((each) => each.transferChanges())
  const accounts = books.flatMap(balanceChanges)
  return {
    heads: books.map(({ head }) => head).filter(({ from, to }) => from.seq !== to.seq),
    made: transfers.flatMap(({ from, to }) => (from === undefined ? [to] : [])),
    ended: transfers.flatMap(({ from, to }) => (from === undefined ? [] : [{ from, to }])),
    changedAccounts: accounts.flatMap(({ from, ...rest }) => (from === null ? [] : [{ ...rest, from }])),
    newAccounts: accounts.filter(({ from }) => from === null),
    entries: books.flatMap(({ entries }) => entries),
  }
}

function balanceChanges({ tenantId, before, sheet }: TenantBooks): BalanceChange[] {
  return sheet.accounts().flatMap(({ code, asset, balance: to }) => {
    const from = before.has(code, asset) ? before.get(code, asset) : null
    return from === to ? [] : [{ tenantId, code, asset, from, to }]
  })
}

/** What is written is guarded by what was read: rows that something else has changed meanwhile are not overwritten. */
export function assertWritten(what: string, written: number, expected: number): void {
  if (written !== expected) throw ledgerErrors.ledger_moved(`${expected - written} ${what} changed while locked`)
}
