import { isStudioError } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { accountKey, BalanceSheet } from './balance-sheet.js'
import { TenantBooks } from './books.js'
import type { ChainKey } from './chain-key.js'
import type { AccountReference } from './entry.js'
import { isSealed, toTransfer } from './transfer-codec.js'
import { HELD, type LedgerLeg, type TransferKind, type TransferReference } from './transfer.js'
import { toBalance } from './typeorm/account-store.js'
import { bookStoreOf, type OpenedBooks } from './typeorm/book-store.js'
import type { TransferRow } from './typeorm/rows.js'

/** Something that is to be done to one transfer. */
export interface LedgerOperation<Result> extends TransferReference {
  /** The transfer that may have to be made. Without it the operation is on one that is there, and begins no journal. */
  start?: { kind: TransferKind; legs: readonly LedgerLeg[] }
  /** Decides in memory. Whatever it throws, it has changed nothing. */
  decide(books: TenantBooks | undefined): Result
}

export type Decision<Result> = { ok: true; value: Result } | { ok: false; error: Error }

/**
 * Does operations in their order, in a handful of statements for all of them: the turn of each tenant is waited for, what
 * they need is read, they are decided in memory, and what changed is written. One that is refused leaves the others be.
 */
export async function applyOperations<Result>(
  chainKey: ChainKey,
  manager: EntityManager,
  operations: readonly LedgerOperation<Result>[],
): Promise<Decision<Result>[]> {
  const books = await openBooks(chainKey, manager, operations)
  const decisions = operations.map((operation) => decided(operation, books.get(operation.tenantId)))
  const changed = [...books.values()].filter((each) => each.transferChanges().length > 0)
  if (changed.length > 0) await bookStoreOf(manager).write(manager, changed)
  return decisions
}

function decided<Result>(operation: LedgerOperation<Result>, books: TenantBooks | undefined): Decision<Result> {
  try {
    return { ok: true, value: operation.decide(books) }
  } catch (error) {
    if (isStudioError(error)) return { ok: false, error }
    throw error
  }
}

async function openBooks(
  chainKey: ChainKey,
  manager: EntityManager,
  operations: readonly LedgerOperation<unknown>[],
): Promise<Map<string, TenantBooks>> {
  const { chains, transfers } = await openOrBegin(manager, operations)
  const touched = touchedAccounts(chainKey, operations, transfers)
  const isMoving = chains.length > 0 && touched.length > 0
  const accounts = isMoving ? await bookStoreOf(manager).readAccounts(manager, touched) : []
  const accountsOf = byTenant(accounts)
  const transfersOf = byTenant(transfers)
  return new Map(
    chains.map((chain) => {
      const { tenantId } = chain.head
      const before = new BalanceSheet(accountsOf.get(tenantId)?.map(toBalance))
      return [tenantId, new TenantBooks(chain, before, transfersOf.get(tenantId) ?? [])]
    }),
  )
}

function byTenant<Row extends { tenantId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(row.tenantId)
    if (group === undefined) groups.set(row.tenantId, [row])
    else group.push(row)
  }
  return groups
}

/** A journal begins where a transfer may have to be made. */
async function openOrBegin(
  manager: EntityManager,
  operations: readonly LedgerOperation<unknown>[],
): Promise<OpenedBooks> {
  const store = bookStoreOf(manager)
  // All processes wait in the same order, so that none waits for another in a circle.
  const ordered = operations.toSorted((a, b) => (a.tenantId < b.tenantId ? -1 : a.tenantId > b.tenantId ? 1 : 0))
  const opened = await store.open(manager, ordered)
  const known = new Set(opened.chains.map(({ head }) => head.tenantId))
  const beginning = ordered.filter(({ start, tenantId }) => start !== undefined && !known.has(tenantId))
  if (beginning.length === 0) return opened
  await store.begin(manager, [...new Set(beginning.map(({ tenantId }) => tenantId))])
  const begun = await store.open(manager, beginning)
  return { chains: [...opened.chains, ...begun.chains], transfers: [...opened.transfers, ...begun.transfers] }
}

/** The accounts of all that may be moved. A transfer that was tampered with names none: it will be refused. */
function touchedAccounts(
  chainKey: ChainKey,
  operations: readonly LedgerOperation<unknown>[],
  transfers: readonly TransferRow[],
): AccountReference[] {
  const touched = new Map<string, AccountReference>()
  const touch = (tenantId: string, { kind, legs }: { kind: TransferKind; legs: readonly LedgerLeg[] }) => {
    for (const { from, to, asset } of legs) {
      for (const code of kind === 'hold' ? [from, to, HELD] : [from, to]) {
        touched.set(`${tenantId}\n${accountKey(code, asset)}`, { tenantId, code, asset })
      }
    }
  }
  for (const { tenantId, start } of operations) if (start !== undefined) touch(tenantId, start)
  const ending = new Set(
    operations.flatMap(({ start, tenantId, transferId }) => (start ? [] : `${tenantId}\n${transferId}`)),
  )
  for (const row of transfers) {
    const isEnding = row.state === 'pending' && ending.has(`${row.tenantId}\n${row.transferId}`)
    if (isEnding && isSealed(chainKey, row)) touch(row.tenantId, toTransfer(row))
  }
  return [...touched.values()]
}
