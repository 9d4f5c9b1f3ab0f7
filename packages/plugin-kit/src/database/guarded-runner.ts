import type { QueryRunner } from 'typeorm'
import { kitErrors } from '../kit-errors.js'

/** One caller's hold on the shared writing connection, which ends with its work. */
export interface GuardedRunner {
  runner: QueryRunner
  /** Refuses all further statements. */
  revoke(): void
  /** The error of the first statement that failed, also where the work swallowed it. */
  failure(): Error | undefined
}

/**
 * Lends a query runner to one piece of work. A statement that fails dooms the whole work, as it does in Postgres: on
 * SQLite too, so that no work behaves in one database as it does not in the other.
 */
export function guardRunner(shared: QueryRunner): GuardedRunner {
  let revoked = false
  let failure: Error | undefined
  const query = async (...statement: Parameters<QueryRunner['query']>): Promise<unknown> => {
    if (revoked) throw kitErrors.writer_reentered('a statement arrived after its write had ended')
    if (failure !== undefined) throw failure
    try {
      return await shared.query(...statement)
    } catch (error) {
      failure ??= error instanceof Error ? error : new Error(String(error))
      throw error
    }
  }
  const runner = new Proxy(shared, {
    get: (target, property, receiver) =>
      property === 'query' ? query : (Reflect.get(target, property, receiver) as unknown),
  })
  return { runner, revoke: () => void (revoked = true), failure: () => failure }
}
