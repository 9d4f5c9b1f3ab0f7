import type { EntityManager, QueryResult } from 'typeorm'

export type SqlParameter = string | number | null

/** Rewritten once each: the drivers go by the text of a statement when they reuse it. */
const numbered = new Map<string, string>()

const prepared = new Map<string, { name: string; text: string }>()

export function isPostgres(manager: EntityManager): boolean {
  return manager.connection.options.type === 'postgres'
}

/** The text of a statement as the engine takes it: `?` stands for parameters, and becomes `$1`, `$2` … on Postgres. */
export function statementText(manager: EntityManager, sql: string): string {
  if (!isPostgres(manager)) return sql
  let text = numbered.get(sql)
  if (text === undefined) {
    let count = 0
    text = sql.replaceAll('?', () => `$${(count += 1)}`)
    numbered.set(sql, text)
  }
  return text
}

/**
 * The same, for a statement whose text is one of few: on Postgres each connection prepares it once, by a name of its own,
 * and does not plan it anew each time.
 */
export function preparedStatement(manager: EntityManager, sql: string): string {
  const text = statementText(manager, sql)
  if (!isPostgres(manager)) return text
  let statement = prepared.get(text)
  if (statement === undefined) prepared.set(text, (statement = { name: `studio_${prepared.size}`, text }))
  // TypeORM hands what it is given as the text to the driver, which takes a named statement as well.
  return statement as unknown as string
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
