import { hash } from 'node:crypto'
import type { EntityManager, QueryResult } from 'typeorm'

export type SqlParameter = string | number | null

/** Texts of statements past which no more are remembered: each is kept here, and prepared by each connection. */
const MAX_STATEMENTS = 1000
const NAME_LENGTH = 32
/** Rewritten once each. */
const numbered = new Map<string, string>()
const prepared = new Map<string, { name: string; text: string }>()

export function isPostgres(manager: EntityManager): boolean {
  return manager.connection.options.type === 'postgres'
}

/** The text of a statement as the engine takes it: `?` stands for parameters, and becomes `$1`, `$2` … on Postgres. */
export function statementText(manager: EntityManager, sql: string): string {
  if (!isPostgres(manager)) return sql
  const known = numbered.get(sql)
  if (known !== undefined) return known
  const text = numberedText(sql)
  if (numbered.size < MAX_STATEMENTS) numbered.set(sql, text)
  return text
}

function numberedText(sql: string): string {
  let count = 0
  return sql.replaceAll('?', () => `$${(count += 1)}`)
}

/**
 * The same, for a statement whose text is one of few: on Postgres each connection prepares it once, by a name of its own,
 * and does not plan it anew each time.
 */
export function preparedStatement(manager: EntityManager, sql: string): string {
  const text = statementText(manager, sql)
  if (!isPostgres(manager)) return text
  let statement = prepared.get(text)
  if (statement === undefined) {
    if (prepared.size >= MAX_STATEMENTS) return text
    // By its text: whoever shares the connection, by a pooler, means the same by the name.
    statement = { name: `studio_${hash('sha256', text).slice(0, NAME_LENGTH)}`, text }
    prepared.set(text, statement)
  }
  // TypeORM hands what it is given as the text to the driver, which takes a named statement as well.
  return statement as unknown as string
}

/** As {@link selectRows}, for a text that follows from what a caller asks: there is no end of such, and none is kept. */
export async function searchRows<Row>(manager: EntityManager, sql: string, parameters: SqlParameter[]): Promise<Row[]> {
  return manager.query<Row[]>(isPostgres(manager) ? numberedText(sql) : sql, parameters)
}

/** Runs a statement that gives rows. Its text has `?` for parameters, on both engines. */
export async function selectRows<Row>(manager: EntityManager, sql: string, parameters: SqlParameter[]): Promise<Row[]> {
  const text = preparedStatement(manager, sql)
  // Inside a write its own runner is at hand, which the manager would reach by way of its data source.
  return (manager.queryRunner?.query(text, parameters) ?? manager.query(text, parameters)) as Promise<Row[]>
}

/** Runs a statement that changes rows, inside a write, and gives their number. Its text has `?` for parameters. */
export async function changeRows(manager: EntityManager, sql: string, parameters: SqlParameter[]): Promise<number> {
  const text = preparedStatement(manager, sql)
  const result: QueryResult | undefined = await manager.queryRunner?.query(text, parameters, true)
  if (result === undefined) throw new TypeError('rows are changed inside database.write')
  return result.affected ?? 0
}
