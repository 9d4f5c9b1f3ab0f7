import type { EntityManager, QueryResult, QueryRunner } from 'typeorm'
import { ledgerErrors } from '../errors.js'

export type Parameter = string | number | null

/** Rewritten once each: the drivers go by the text of a statement when they reuse it. */
const numbered = new Map<string, string>()

export function isPostgres(manager: EntityManager): boolean {
  return manager.connection.options.type === 'postgres'
}

/** Runs a statement that gives rows. Texts have `?` for parameters, on both engines. */
export async function select<Row>(manager: EntityManager, sql: string, parameters: Parameter[]): Promise<Row[]> {
  return manager.query<Row[]>(textFor(manager, sql), parameters)
}

/** Runs a statement that changes rows, and gives their number. */
export async function change(manager: EntityManager, sql: string, parameters: Parameter[]): Promise<number> {
  const result: QueryResult = await transactionOf(manager).query(textFor(manager, sql), parameters, true)
  return result.affected ?? 0
}

/** Throws `transaction_required` where the manager is not one of a write: money never moves in halves. */
export function transactionOf(manager: EntityManager): QueryRunner {
  const runner = manager.queryRunner
  if (runner?.isTransactionActive !== true) {
    throw ledgerErrors.transaction_required('the ledger changes only inside database.write')
  }
  return runner
}

/** `group` once for each of `count` rows. */
export function repeated(group: string, count: number, separator = ', '): string {
  return Array.from({ length: count }, () => group).join(separator)
}

function textFor(manager: EntityManager, sql: string): string {
  if (!isPostgres(manager)) return sql
  let text = numbered.get(sql)
  if (text === undefined) {
    let count = 0
    text = sql.replaceAll('?', () => `$${(count += 1)}`)
    numbered.set(sql, text)
  }
  return text
}
