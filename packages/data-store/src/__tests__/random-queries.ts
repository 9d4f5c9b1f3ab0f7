import type { FindArgs, Where } from '@veramo/core-types'
import fc from 'fast-check'

/** What a column is asked about. */
export interface QueriedColumn {
  samples: readonly string[]
  patterns?: readonly string[]
  /** False where Veramo fails to sort by it. Default true. */
  sortable?: boolean
  /** Those that Veramo takes, where it does not take all. */
  ops?: readonly Where<string>['op'][]
  /** False where Veramo ignores it. Default true. */
  not?: boolean
}

const OF_ONE = ['Equal', 'LessThan', 'LessThanOrEqual', 'MoreThan', 'MoreThanOrEqual'] as const
const RANGE = fc.constantFrom(undefined, 0, 1, 3, 10)

/**
 * Queries whose answer Veramo gets right: no column twice, and one sorting. On SQLite it has no `Any`.
 */
export function randomQueries<Column extends string>(
  engine: string,
  columns: Partial<Record<Column, QueriedColumn>>,
): fc.Arbitrary<FindArgs<Column>> {
  const names = Object.keys(columns) as Column[]
  const condition = fc.constantFrom(...names).chain((column) => conditionOn(engine, column, columns[column]!))
  const sortable = names.filter((name) => columns[name]?.sortable !== false)
  return fc.record(
    {
      where: fc.uniqueArray(condition, { selector: ({ column }) => column, maxLength: 3 }),
      order: fc.tuple(
        fc.record({
          column: fc.constantFrom(...sortable),
          direction: fc.constantFrom('ASC' as const, 'DESC' as const),
        }),
      ),
      skip: RANGE,
      take: RANGE,
    },
    { requiredKeys: [] },
  )
}

function conditionOn<Column extends string>(
  engine: string,
  column: Column,
  { samples, patterns = [], ops, not = true }: QueriedColumn,
): fc.Arbitrary<Where<Column>> {
  const sample = fc.constantFrom(...samples)
  const list = fc.array(sample, { minLength: engine === 'postgres' && ops ? 1 : 0, maxLength: 3 })
  const shapes: fc.Arbitrary<Pick<Where<Column>, 'op' | 'value'>>[] = [
    fc.record({ op: fc.constantFrom(...OF_ONE), value: sample.map((one) => [one]) }),
    fc.record({ op: fc.constant('Between' as const), value: fc.tuple(sample, sample) }),
    fc.record({ op: fc.constantFrom('In' as const, undefined), value: list }),
    fc.constant({ op: 'IsNull' as const }),
  ]
  if (engine === 'postgres') shapes.push(fc.record({ op: fc.constant('Any' as const), value: list }))
  if (patterns.length > 0) {
    shapes.push(fc.constantFrom(...patterns).map((pattern) => ({ op: 'Like' as const, value: [pattern] })))
  }
  return fc
    .tuple(fc.oneof(...shapes), not ? fc.constantFrom(undefined, false, true) : fc.constant(undefined))
    .filter(([{ op }]) => ops === undefined || ops.includes(op))
    .map(([shape, negated]) => ({ column, ...shape, ...(negated !== undefined && { not: negated }) }))
}

export interface Comparison<Item> {
  engine: string
  query: FindArgs<string>
  /** Names an item. */
  idOf: (item: Item) => string
  /** What an item is sorted by; undefined where the item does not tell. */
  sortKeyOf: (column: string, item: Item) => unknown
  /** Columns whose conditions lead SQLite to another order than that of insertion. */
  indexed: readonly string[]
}

/** What a database answers in one way only. The rest is left to its plan: which of equals, and which of all. */
export function determined<Item>(comparison: Comparison<Item>, found: readonly Item[]): unknown {
  const { engine, query, idOf, sortKeyOf, indexed } = comparison
  const isCut = Boolean(query.skip) || Boolean(query.take)
  const [sorting] = query.order ?? []
  const sorted = isCut ? found.length : [...found].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
  if (sorting !== undefined) return [sorted, found.map((item) => sortKeyOf(sorting.column, item))]
  const scansInOrder = engine === 'sqlite' && !query.where?.some(({ column }) => indexed.includes(column))
  return scansInOrder ? found : sorted
}
