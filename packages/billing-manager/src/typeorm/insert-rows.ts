import type { EntityManager } from 'typeorm'
import { change, columnsAndParameters, isPostgres, type Parameter } from './sql.js'

export interface RowInsertion<Name extends string> {
  table: string
  columns: readonly Name[]
  /** Those of the columns that are integers; all others are text. */
  integers?: readonly string[]
  rows: readonly Record<Name, Parameter>[]
  /** Leaves out rows whose key is taken. Default: one of them fails the write. */
  skipsTaken?: boolean
}

/** Rows that share a statement on SQLite. Few, so that few texts are to be prepared and kept. */
const CHUNK = 16

/** Inserts rows together, and says how many. */
export async function insertRows<Name extends string>(
  manager: EntityManager,
  insertion: RowInsertion<Name>,
): Promise<number> {
  const { rows } = insertion
  if (rows.length === 0) return 0
  if (rows.length > 1 && isPostgres(manager)) return insertAsJson(manager, insertion)
  let inserted = 0
  for (let first = 0; first < rows.length; first += CHUNK) {
    inserted += await insertChunk(manager, { ...insertion, rows: rows.slice(first, first + CHUNK) })
  }
  return inserted
}

async function insertChunk<Name extends string>(
  manager: EntityManager,
  { table, columns, rows, skipsTaken = false }: RowInsertion<Name>,
): Promise<number> {
  const group = `, (${columns.map(() => '?').join(', ')})`
  const sql = `INSERT INTO "${table}" ${columnsAndParameters(columns)}${group.repeat(rows.length - 1)}${ending(skipsTaken)}`
  const parameters = rows.flatMap((row) => columns.map((column) => row[column]))
  return change(manager, sql, parameters)
}

/** All rows in one parameter, as JSON: the statement has one text however many rows there are. */
async function insertAsJson<Name extends string>(
  manager: EntityManager,
  { table, columns, integers = [], rows, skipsTaken = false }: RowInsertion<Name>,
): Promise<number> {
  const names = columns.map((column) => `"${column}"`)
  const typed = columns.map((column) => `"${column}" ${integers.includes(column) ? 'integer' : 'varchar'}`)
  const sql =
    `INSERT INTO "${table}" (${names.join(', ')}) SELECT ${names.map((name) => `v.${name}`).join(', ')} ` +
    `FROM json_to_recordset(?::json) AS v(${typed.join(', ')})${ending(skipsTaken)}`
  return change(manager, sql, [JSON.stringify(rows)])
}

function ending(skipsTaken: boolean): string {
  return skipsTaken ? ' ON CONFLICT DO NOTHING' : ''
}
