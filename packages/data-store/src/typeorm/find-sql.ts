import { kitErrors, type DatabaseEngine, type SqlParameter } from '@veramo-studio/plugin-kit'
import type { FindCondition, FindQuery } from '../parse-find-args.js'

/** A piece of SQL, with `?` for its parameters. */
export interface Sql {
  text: string
  parameters: SqlParameter[]
}

/** Ends a query of any length. SQLite has no offset without a limit. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER

/** All conditions, joined with AND. Every value is a parameter; names come from the list of columns. */
export function conditionsSql(engine: DatabaseEngine, conditions: readonly FindCondition[]): Sql {
  const parts = conditions.map((condition) => conditionSql(engine, condition))
  return {
    text: ['1 = 1', ...parts.map(({ text }) => text)].join(' AND '),
    parameters: parts.flatMap(({ parameters }) => parameters),
  }
}

/** Sorts by all columns that are named, the first one first, and then in the order of insertion. */
export function orderSql(order: FindQuery['order'], insertion: readonly string[]): string {
  const sortings = new Map(order.toReversed().map(({ column, direction }) => [column.sql, direction]))
  const named = [...new Set(order.map(({ column }) => column.sql))].map((sql) => `${sql} ${sortings.get(sql)}`)
  return `ORDER BY ${[...named, ...insertion.filter((sql) => !sortings.has(sql))].join(', ')}`
}

export function rangeSql({ skip, take }: FindQuery): Sql {
  if (skip === 0 && take === 0) return { text: '', parameters: [] }
  return { text: 'LIMIT ? OFFSET ?', parameters: [take || NO_LIMIT, skip] }
}

function conditionSql(engine: DatabaseEngine, condition: FindCondition): Sql {
  const { column, op, values, not } = condition
  if (op === 'Like') checkPattern(engine, values[0])
  const comparison = comparisonSql(condition)
  const text = column.anyOf === undefined ? comparison : ofMany(column.anyOf, condition, comparison)
  return { text: not ? `NOT (${text})` : text, parameters: values }
}

/** A row that has none of them is one that `IsNull` finds. */
function ofMany(anyOf: (comparison: string) => string, { op }: FindCondition, comparison: string): string {
  return op === 'IsNull' ? `NOT ${anyOf('1 = 1')}` : anyOf(comparison)
}

function comparisonSql({ op, values, column: { sql } }: FindCondition): string {
  switch (op) {
    case 'In':
    case 'Any':
      return values.length === 0 ? '1 = 0' : `${sql} IN (${values.map(() => '?').join()})`
    case 'Between':
      return `${sql} BETWEEN ? AND ?`
    case 'IsNull':
      return `${sql} IS NULL`
    case 'Like':
      return `${sql} LIKE ?`
    case 'Equal':
      return `${sql} = ?`
    case 'LessThan':
      return `${sql} < ?`
    case 'LessThanOrEqual':
      return `${sql} <= ?`
    case 'MoreThan':
      return `${sql} > ?`
    case 'MoreThanOrEqual':
      return `${sql} >= ?`
  }
}

/** On SQLite a pattern has no escape character; on Postgres it is the backslash, which must escape something. */
function checkPattern(engine: DatabaseEngine, pattern = ''): void {
  const trailing = /\\*$/.exec(pattern)?.[0].length ?? 0
  if (engine !== 'postgres' || trailing % 2 === 0) return
  throw kitErrors.invalid_argument('a pattern must not end with a single backslash')
}
