import type { EntityManager, QueryResult } from 'typeorm'

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

/** Runs a statement of a write that changes rows, and gives their number. */
export async function change(manager: EntityManager, sql: string, parameters: Parameter[]): Promise<number> {
  return (await run(manager, sql, parameters)).affected ?? 0
}

/** Runs a statement of a write that ends in RETURNING. */
export async function changeReturning<Row>(
  manager: EntityManager,
  sql: string,
  parameters: Parameter[],
): Promise<Row[]> {
  const { records } = await run(manager, sql, parameters)
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

async function run(manager: EntityManager, sql: string, parameters: Parameter[]): Promise<QueryResult> {
  const runner = manager.queryRunner
  if (runner === undefined) throw new Error('rows change only inside database.write')
  return runner.query(textFor(manager, sql), parameters, true)
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
