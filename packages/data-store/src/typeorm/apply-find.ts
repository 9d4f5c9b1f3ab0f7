import { kitErrors } from '@veramo-studio/plugin-kit'
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import type { FindCondition, FindQuery } from '../parse-find-args.js'
import { sortBy } from './sort-by.js'

/** Adds all conditions to a query. Every value is bound; names come from the entity's own list. */
export function addConditions<Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  alias: string,
  conditions: FindCondition[],
): SelectQueryBuilder<Row> {
  return conditions.reduce((filtered, condition, index) => {
    const name = `${alias}_${index}`
    const comparison = toSql(condition, `${alias}.${condition.column.property}`, name)
    const [first, second] = condition.values
    if (condition.op === 'Like') checkPattern(query, first)
    return filtered.andWhere(condition.not ? `NOT (${comparison})` : comparison, {
      [name]: condition.op === 'In' || condition.op === 'Any' ? condition.values : first,
      [`${name}_end`]: second,
    })
  }, query)
}

/** Sorts a query by all columns that are named, the first one first. */
export function addOrder<Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  alias: string,
  order: FindQuery['order'],
): SelectQueryBuilder<Row> {
  return sortBy(
    query,
    order.map(({ column, direction }) => [`${alias}.${column.property}`, direction]),
  )
}

/** Cuts out what `skip` and `take` ask for; for a query without joins. */
export function addRange<Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  { skip, take }: FindQuery,
): SelectQueryBuilder<Row> {
  return query.offset(skip || undefined).limit(take || undefined)
}

export async function countRows<Row extends ObjectLiteral>(query: SelectQueryBuilder<Row>): Promise<number> {
  const row = await query.select('COUNT(*)', 'count').getRawOne<{ count: number | string }>()
  return Number(row?.count)
}

/** On SQLite a pattern has no escape character; on Postgres it is the backslash, which must escape something. */
function checkPattern<Row extends ObjectLiteral>(query: SelectQueryBuilder<Row>, pattern = ''): void {
  const trailing = /\\*$/.exec(pattern)?.[0].length ?? 0
  if (query.connection.options.type !== 'postgres' || trailing % 2 === 0) return
  throw kitErrors.invalid_argument('a pattern must not end with a single backslash')
}

function toSql({ op, values }: FindCondition, column: string, name: string): string {
  switch (op) {
    case 'In':
    case 'Any':
      return values.length === 0 ? '1 = 0' : `${column} IN (:...${name})`
    case 'Between':
      return `${column} BETWEEN :${name} AND :${name}_end`
    case 'IsNull':
      return `${column} IS NULL`
    case 'Like':
      return `${column} LIKE :${name}`
    case 'Equal':
      return `${column} = :${name}`
    case 'LessThan':
      return `${column} < :${name}`
    case 'LessThanOrEqual':
      return `${column} <= :${name}`
    case 'MoreThan':
      return `${column} > :${name}`
    case 'MoreThanOrEqual':
      return `${column} >= :${name}`
  }
}
