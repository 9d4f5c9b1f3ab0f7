import type { QueryRunner } from 'typeorm'
import { isErrorLike } from '../error-like.js'
import { kitErrors } from '../kit-errors.js'
import { immediateQueryOf } from './lean-sqlite-runner.js'

/** One caller's hold on the shared writing connection, which ends with its work. */
export interface GuardedRunner {
  runner: QueryRunner
  /**
   * Refuses all further statements, waits for the one that still runs, and gives the error of the first that failed,
   * also where the work swallowed it.
   */
  end(): Promise<Error | undefined>
}

/**
 * Lends a query runner to one piece of work. A statement that fails dooms the whole work, as it does in Postgres: on
 * SQLite too, so that no work behaves in one database as it does not in the other. Statements run one after another,
 * however the work issues them: a fault can end SQLite's transaction, and what came after it would be kept for good.
 */
export function guardRunner(shared: QueryRunner): GuardedRunner {
  let ended = false
  let failure: Error | undefined
  let waiting = 0
  let latest: Promise<unknown> = Promise.resolve()
  const assertOpen = (): void => {
    if (ended) throw kitErrors.writer_reentered('a statement arrived after its write had ended')
    if (failure !== undefined) throw failure
  }
  const failed = (error: unknown): unknown => {
    failure = isErrorLike(error) ? error : new Error(String(error))
    return error
  }
  const runNow = immediateQueryOf(shared)
  const runStatement = async (statement: Parameters<QueryRunner['query']>): Promise<unknown> => {
    assertOpen()
    try {
      return runNow === undefined ? await shared.query(...statement) : runNow(...statement)
    } catch (error) {
      throw failed(error)
    }
  }
  const over = (): void => void (waiting -= 1)
  const query = (...statement: Parameters<QueryRunner['query']>): Promise<unknown> => {
    const result = waiting === 0 ? runStatement(statement) : latest.then(() => runStatement(statement))
    // What is run at once has ended by now: nothing has to wait for it.
    if (runNow !== undefined) return result
    waiting += 1
    latest = result.then(over, over)
    return result
  }
  const runner = new Proxy(shared, {
    get: (target, property, receiver) =>
      property === 'query' ? query : (Reflect.get(target, property, receiver) as unknown),
  })
  const end = async () => {
    ended = true
    await latest
    return failure
  }
  return { runner, end }
}
