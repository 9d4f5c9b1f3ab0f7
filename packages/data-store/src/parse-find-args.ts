import { kitErrors } from '@veramo-studio/plugin-kit'
import type { FindArgs, Where } from '@veramo/core-types'

/** What an entity can be found and sorted by, under Veramo's names. */
export type FindColumns<Column extends string> = Readonly<Record<Column, FindColumn>>

export interface FindColumn {
  /** What is compared and sorted by: a column with its table's alias. */
  sql: string
  /** How the column writes a value that is given; a pattern is text, and stays as it is. */
  toStored?: (value: string) => string
  /** For DIDs that a row has several of: makes the comparison of one that of all of them. Nothing is sorted by it. */
  anyOf?: (comparison: string) => string
}

/** Arguments of a query that are fit to be run. */
export interface FindQuery {
  where: FindCondition[]
  order: { column: FindColumn; direction: 'ASC' | 'DESC' }[]
  /** 0: nothing is skipped. */
  skip: number
  /** 0: everything is taken. */
  take: number
}

export interface FindCondition {
  column: FindColumn
  op: Operator
  values: string[]
  not: boolean
}

type Operator = NonNullable<Where<string>['op']>

/** Those that compare the DIDs of which a row has several. */
const DID_OPERATORS: readonly Operator[] = ['IsNull', 'Like', 'Equal', 'In']

const MAX_CONDITIONS = 100
/** Of all conditions together. SQLite takes 32,766 parameters in a statement. */
const MAX_VALUES = 10_000
/** SQLite takes no longer pattern. */
const MAX_VALUE_BYTES = 50_000

/**
 * Checks what the schema of a query leaves open, in Veramo's words. Throws `invalid_argument`.
 *
 * @param args that match the schema, but for the names of columns
 */
export function parseFindArgs<Column extends string>(
  columns: FindColumns<Column>,
  args: FindArgs<Column> | undefined,
): FindQuery {
  const { where = [], order = [], skip = 0, take = 0 } = args ?? {}
  for (const [name, count] of Object.entries({ skip, take })) {
    if (!Number.isSafeInteger(count) || count < 0) {
      throw kitErrors.invalid_argument(`${name} must be an integer that is not negative`)
    }
  }
  if (where.length > MAX_CONDITIONS || order.length > MAX_CONDITIONS) {
    throw kitErrors.invalid_argument(`where and order must not have more than ${MAX_CONDITIONS} items`)
  }
  const conditions = where.map((item) => parseCondition(columns, item))
  if (conditions.reduce((count, { values }) => count + values.length, 0) > MAX_VALUES) {
    throw kitErrors.invalid_argument(`where must not have more than ${MAX_VALUES} values`)
  }
  return {
    where: conditions,
    order: order.map(({ column, direction }) => ({ column: sortableColumnOf(columns, column), direction })),
    skip,
    take,
  }
}

function parseCondition<Column extends string>(columns: FindColumns<Column>, item: Where<Column>): FindCondition {
  const column = columnOf(columns, item.column)
  const op = item.op ?? 'In'
  if (column.anyOf !== undefined && !DID_OPERATORS.includes(op)) {
    throw kitErrors.invalid_argument(`${op} not compatible with DID argument`)
  }
  // Veramo's words for a Like on such DIDs are those of Equal.
  const named = column.anyOf !== undefined && op === 'Like' ? 'Equal' : op
  const values = op === 'IsNull' ? [] : parseValues(named, item.value)
  const { toStored } = column
  const compared = toStored === undefined || op === 'Like' ? values : values.map((value) => toStored(value))
  return { column, op, values: compared, not: item.not ?? false }
}

function columnOf<Column extends string>(columns: FindColumns<Column>, name: Column): FindColumn {
  if (Object.hasOwn(columns, name)) return columns[name]
  throw kitErrors.invalid_argument(`Invalid column name: ${name}`)
}

function sortableColumnOf<Column extends string>(columns: FindColumns<Column>, name: Column): FindColumn {
  const column = columnOf(columns, name)
  if (column.anyOf === undefined) return column
  throw kitErrors.invalid_argument(`Invalid column name: ${name}`)
}

function parseValues(op: Operator, values: string[] | undefined): string[] {
  if (op === 'In' || op === 'Any') {
    if (values === undefined) {
      throw kitErrors.invalid_argument(`Operator ${op === 'In' ? 'IN' : op} requires value to be an array`)
    }
  } else if (op === 'Between') {
    if (values?.length !== 2) throw kitErrors.invalid_argument('Operation Between requires two values')
  } else if (values?.length !== 1) {
    throw kitErrors.invalid_argument(`Operation ${op} requires one value`)
  }
  if (values.some((value) => value.includes('\0') || Buffer.byteLength(value) > MAX_VALUE_BYTES)) {
    throw kitErrors.invalid_argument(`a value must not have U+0000 or more than ${MAX_VALUE_BYTES} bytes`)
  }
  return values
}
