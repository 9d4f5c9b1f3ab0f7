import type { EntityManager, QueryResult } from 'typeorm'
import { isPostgres, preparedStatement, type SqlParameter } from '@veramo-studio/plugin-kit'

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
  const { records }: QueryResult = await runner.query(preparedStatement(manager, sql), parameters, true)
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

/**
 * Whether a column is one of some texts, which one parameter has as JSON: a statement has one text however many they are.
 * On Postgres an array, which it looks up in an index, whatever it guesses of the length.
 */
export function isListed(manager: EntityManager, column: string): string {
  return isPostgres(manager)
    ? `"${column}" = ANY(ARRAY(SELECT json_array_elements_text(?::json)))`
    : `"${column}" IN (SELECT value FROM json_each(?))`
}
