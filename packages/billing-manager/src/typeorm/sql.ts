import type { EntityManager, QueryResult } from 'typeorm'
import { isPostgres, statementText, type SqlParameter } from '@veramo-studio/plugin-kit'

export {
  changeRows as change,
  isPostgres,
  selectRows as select,
  type SqlParameter as Parameter,
} from '@veramo-studio/plugin-kit'

/** Runs a statement of a write that ends in RETURNING. */
export async function changeReturning<Row>(
  manager: EntityManager,
  sql: string,
  parameters: SqlParameter[],
): Promise<Row[]> {
  const runner = manager.queryRunner
  if (runner === undefined) throw new TypeError('rows are changed inside database.write')
  const { records }: QueryResult = await runner.query(statementText(manager, sql), parameters, true)
  return records as Row[]
}

/** Names of columns as SQL lists them, and as many parameters. */
export function columnsAndParameters(names: readonly string[]): string {
  return `(${names.map((name) => `"${name}"`).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`
}

/** Reads rows so that no other write changes them before this one ends. On SQLite a write has the file to itself. */
export function locking(manager: EntityManager, sql: string, strength: 'FOR UPDATE' | 'FOR SHARE'): string {
  return isPostgres(manager) ? `${sql} ${strength}` : sql
}

/** What is `IN` a list of texts that one parameter has, as JSON: a statement has one text however many they are. */
export function listed(manager: EntityManager): string {
  return isPostgres(manager) ? 'SELECT json_array_elements_text(?::json)' : 'SELECT value FROM json_each(?)'
}
