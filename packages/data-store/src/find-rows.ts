import { searchRows, type Database } from '@veramo-studio/plugin-kit'
import type { FindArgs } from '@veramo/core-types'
import { listedRows } from './listed-rows.js'
import { parseFindArgs, type FindColumns } from './parse-find-args.js'
import { conditionsSql, orderSql, rangeSql, type Sql } from './typeorm/find-sql.js'

/** What can be found with Veramo's query language. */
export interface Findable<Column extends string> {
  /** The table and its alias, with what belongs to each row joined to it. */
  from: string
  /** The alias of the table that has the tenant. */
  alias: string
  columns: FindColumns<Column>
  /** The order of rows within a tenant, where the query names no other. */
  insertion: readonly string[]
  /** Comparisons with one DID each: an authorized DID sees what one of them is true of. */
  ofDid?: readonly string[]
}

export interface FindRequest<Column extends string> {
  args: FindArgs<Column> | undefined
  authorizedDID?: string | undefined
}

/** Returns a part of the rows that match, sorted: some columns of them, under names of the caller's. */
export async function findRows<Row, Column extends string>(
  database: Database,
  findable: Findable<Column>,
  request: FindRequest<Column> & { select: string },
): Promise<Row[]> {
  const { text, parameters } = findSql(database, findable, request)
  return database.read((manager) => searchRows<Row>(manager, text, parameters))
}

/** The statement of {@link findRows}, for those who need more than its rows. */
export function findSql<Column extends string>(
  database: Database,
  findable: Findable<Column>,
  { select, ...request }: FindRequest<Column> & { select: string },
): Sql {
  const { matching, query } = matchingSql(database, findable, request)
  const range = rangeSql(query)
  return {
    text: `SELECT ${select} ${matching.text} ${insertionOrder(findable, query.order)} ${range.text}`,
    parameters: [...matching.parameters, ...range.parameters],
  }
}

/** Counts the rows that match; `skip` and `take` make no difference. */
export async function countRows<Column extends string>(
  database: Database,
  findable: Findable<Column>,
  request: FindRequest<Column>,
): Promise<number> {
  const { text, parameters } = matchingSql(database, findable, request).matching
  const [row] = await database.read((manager) =>
    searchRows<{ count: number | string }>(manager, `SELECT COUNT(*) AS "count" ${text}`, parameters),
  )
  return Number(row?.count)
}

/** The clause that sorts rows: as the query says, then tenant by tenant in the order of insertion. */
export function insertionOrder<Column extends string>(
  { alias, insertion }: Findable<Column>,
  order: ReturnType<typeof parseFindArgs>['order'],
): string {
  return orderSql(order, [`${alias}."tenantId"`, ...insertion])
}

function matchingSql<Column extends string>(
  database: Database,
  { from, alias, columns, ofDid = [] }: Findable<Column>,
  { args, authorizedDID }: FindRequest<Column>,
) {
  const { tenantId } = listedRows(database)
  const query = parseFindArgs(columns, args)
  const conditions = conditionsSql(database.engine, query.where)
  const tenant: Sql =
    tenantId === undefined
      ? { text: '1 = 1', parameters: [] }
      : { text: `${alias}."tenantId" = ?`, parameters: [tenantId] }
  const authorized: Sql = authorizedDID
    ? { text: `(${ofDid.join(' OR ')})`, parameters: ofDid.map(() => authorizedDID) }
    : { text: '1 = 1', parameters: [] }
  const matching: Sql = {
    text: `FROM ${from} WHERE ${tenant.text} AND ${conditions.text} AND ${authorized.text}`,
    parameters: [...tenant.parameters, ...conditions.parameters, ...authorized.parameters],
  }
  return { matching, query }
}
