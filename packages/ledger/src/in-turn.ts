import type { EntityManager, QueryRunner } from 'typeorm'
import { transactionOf } from './typeorm/sql.js'

const turns = new WeakMap<QueryRunner, Promise<unknown>>()

/**
 * Runs the operations of one transaction one after another, also where the caller starts several at once: the lock on
 * a chain keeps other transactions out, and not the one that has it.
 */
export async function inTurn<T>(manager: EntityManager, work: () => Promise<T>): Promise<T> {
  const transaction = transactionOf(manager)
  const previous = turns.get(transaction) ?? Promise.resolve()
  const turn = previous.then(work)
  turns.set(
    transaction,
    // Each failure is its own caller's to hear of.
    turn.catch(() => undefined),
  )
  return turn
}
