import { isStudioError } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { TenantBooks } from './books.js'
import type { ChainKey } from './chain-key.js'
import { accountsOf, openBooks } from './open-books.js'
import type { LedgerLeg, TransferKind, TransferReference } from './transfer.js'
import { bookStoreOf } from './typeorm/book-store.js'

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
  // All processes wait in the same order, so that none waits for another in a circle.
  const ordered = operations.toSorted((a, b) => (a.tenantId < b.tenantId ? -1 : a.tenantId > b.tenantId ? 1 : 0))
  const starting = ordered.filter(({ start }) => start !== undefined)
  const books = await openBooks(chainKey, manager, {
    tenantIds: [...new Set(ordered.map(({ tenantId }) => tenantId))],
    beginning: starting.map(({ tenantId }) => tenantId),
    transfers: ordered,
    ending: ordered.filter(({ start }) => start === undefined),
    accounts: starting.flatMap(({ tenantId, start }) => (start ? accountsOf(tenantId, start) : [])),
  })
  const decisions = operations.map((operation) => decided(operation, books.get(operation.tenantId)))
  await writeBooks(manager, [...books.values()])
  return decisions
}

/** Writes what has changed; no statement where nothing has. */
export async function writeBooks(manager: EntityManager, books: readonly TenantBooks[]): Promise<void> {
  const changed = books.filter((each) => each.transferChanges().length > 0)
  if (changed.length > 0) await bookStoreOf(manager).write(manager, changed)
}

function decided<Result>(operation: LedgerOperation<Result>, books: TenantBooks | undefined): Decision<Result> {
  try {
    return { ok: true, value: operation.decide(books) }
  } catch (error) {
    if (isStudioError(error)) return { ok: false, error }
    throw error
  }
}
