import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm'

export type Sorting = readonly [column: string, direction?: 'ASC' | 'DESC']

/** Adds sortings after those that a query has. A column that is sorted by already keeps its place and direction. */
export function sortBy<Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  sortings: readonly Sorting[],
): SelectQueryBuilder<Row> {
  return sortings.reduce(
    (sorted, [column, direction = 'ASC']) =>
      column in sorted.expressionMap.orderBys ? sorted : sorted.addOrderBy(column, direction),
    query,
  )
}
