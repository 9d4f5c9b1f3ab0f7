import type { EntityManager, QueryResult } from 'typeorm'

export type SqlParameter = string | number | null

/** Rewritten once each: the drivers go by the text of a statement when they reuse it. */
const numbered = new Map<string, string>()

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

/** Runs a statement that gives rows. Its text has `?` for parameters, on both engines. */
export async function selectRows<Row>(manager: EntityManager, sql: string, parameters: SqlParameter[]): Promise<Row[]> {
  const text = statementText(manager, sql)
  // Inside a write its own runner is at hand, which the manager would reach by way of its data source.
  return (manager.queryRunner?.query(text, parameters) ?? manager.query(text, parameters)) as Promise<Row[]>
}

/** Runs a statement that changes rows, inside a write, and gives their number. Its text has `?` for parameters. */
export async function changeRows(manager: EntityManager, sql: string, parameters: SqlParameter[]): Promise<number> {
  const text = statementText(manager, sql)
  const result: QueryResult | undefined = await manager.queryRunner?.query(text, parameters, true)
  if (result === undefined) throw new TypeError('rows are changed inside database.write')
  return result.affected ?? 0
}
