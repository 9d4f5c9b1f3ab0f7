import { changeRows, statementText, type SqlParameter } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { nextPositionIn } from './row-position.js'

/** Values of columns, by their names. */
export type ColumnValues = Readonly<Record<string, SqlParameter>>

/** Of all rows of one statement together. SQLite takes 32,766. */
const MAX_PARAMETERS = 10_000

export interface UpsertRow {
  table: string
  /** Of a table with `tenantId` and `position`; what is left out is null. */
  row: ColumnValues
  key: readonly string[]
  /** Columns that change where there is a row with the key; the others stay as they are. */
  replaced: readonly string[]
}

/**
 * Stores a row at the end of what its tenant has, or changes the one with its key, which keeps its place. Two processes
 * may give out the same place: then keys decide.
 */
export async function upsertRow(manager: EntityManager, { table, row, key, replaced }: UpsertRow): Promise<void> {
  const columns = Object.keys(row)
  const changes = replaced.map((column) => `${quoted(column)} = excluded.${quoted(column)}`)
  await run(
    manager,
    `INSERT INTO ${quoted(table)} (${[...columns, 'position'].map(quoted).join()}) ` +
      `VALUES (${[...columns.map(() => '?'), nextPositionIn(table)].join()}) ` +
      `ON CONFLICT (${key.map(quoted).join()}) DO UPDATE SET ${changes.join()}`,
    [...Object.values(row), row['tenantId'] ?? null],
  )
}

/** Stores a row at the end of what its tenant has. False where there is one with the key: it stays as it is. */
export async function insertRowOnce(
  manager: EntityManager,
  { table, row }: Pick<UpsertRow, 'table' | 'row'>,
): Promise<boolean> {
  const columns = Object.keys(row)
  const statement =
    `INSERT INTO ${quoted(table)} (${[...columns, 'position'].map(quoted).join()}) ` +
    `VALUES (${[...columns.map(() => '?'), nextPositionIn(table)].join()}) ON CONFLICT DO NOTHING`
  return (await changeRows(manager, statement, [...Object.values(row), row['tenantId'] ?? null])) === 1
}

/** Adds rows of the same columns; one whose key is there already stays as it is. */
export async function insertRows(manager: EntityManager, table: string, rows: readonly ColumnValues[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {})
  const perStatement = Math.floor(MAX_PARAMETERS / Math.max(1, columns.length))
  for (let start = 0; start < rows.length; start += perStatement) {
    const some = rows.slice(start, start + perStatement)
    const marks = `(${columns.map(() => '?').join()})`
    await run(
      manager,
      `INSERT INTO ${quoted(table)} (${columns.map(quoted).join()}) VALUES ${some.map(() => marks).join()} ` +
        'ON CONFLICT DO NOTHING',
      some.flatMap((row) => columns.map((column) => row[column] ?? null)),
    )
  }
}

/** Removes the rows that have all of these values. */
export async function deleteRows(manager: EntityManager, table: string, where: ColumnValues): Promise<void> {
  const conditions = Object.keys(where).map((column) => `${quoted(column)} = ?`)
  await run(manager, `DELETE FROM ${quoted(table)} WHERE ${conditions.join(' AND ')}`, Object.values(where))
}

/** Runs a statement that changes rows. Its text has `?` for parameters, on both engines. */
export async function run(manager: EntityManager, sql: string, parameters: SqlParameter[]): Promise<void> {
  await manager.query(statementText(manager, sql), parameters)
}

function quoted(name: string): string {
  return `"${name}"`
}
