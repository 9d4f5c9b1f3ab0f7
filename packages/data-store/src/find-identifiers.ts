import type { Database } from '@veramo-studio/plugin-kit'
import type { FindIdentifiersArgs, PartialIdentifier, TIdentifiersColumns } from '@veramo/core-types'
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import { toIdentifier } from './identifier.js'
import { listedRows } from './listed-rows.js'
import { parseFindArgs, type FindColumns } from './parse-find-args.js'
import { addConditions, addOrder, addRange, countRows } from './typeorm/apply-find.js'
import { DidRow } from './typeorm/did-row.js'
import { inOrder, selectDids } from './typeorm/select-dids.js'
import { sortBy } from './typeorm/sort-by.js'

const COLUMNS: FindColumns<TIdentifiersColumns> = {
  did: { property: 'did' },
  alias: { property: 'alias' },
  provider: { property: 'provider' },
}

/**
 * Returns the identifiers that match, managed ones and those that are only known from credentials, in the order that
 * is asked for, and then by when they were stored.
 */
export async function findIdentifiers(
  database: Database,
  args: FindIdentifiersArgs | undefined,
): Promise<PartialIdentifier[]> {
  const listed = listedRows(database)
  const query = parseFindArgs(COLUMNS, args)
  const rows = await database.read((manager) => {
    // The range counts identifiers: it is cut out before keys and services are joined.
    const page = (inner: SelectQueryBuilder<ObjectLiteral>) => {
      const found = addConditions(inner.from(DidRow, 'page').where(listed), 'page', query.where)
      const ordered = sortBy(addOrder(found, 'page', query.order), [['page.tenantId'], ['page.position'], ['page.did']])
      return addRange(ordered.select('page.tenantId', 'tenantId').addSelect('page.did', 'did'), query)
    }
    const paged = selectDids(manager).innerJoin(
      page,
      'paged',
      '"paged"."tenantId" = did.tenantId AND "paged"."did" = did.did',
    )
    return inOrder(addOrder(paged, 'did', query.order)).getMany()
  })
  return rows.map((row) => withoutNulls(toIdentifier(row)))
}

/** Counts the identifiers that match; `skip` and `take` make no difference. */
export async function countIdentifiers(database: Database, args: FindIdentifiersArgs | undefined): Promise<number> {
  const listed = listedRows(database)
  const query = parseFindArgs(COLUMNS, args)
  return database.read((manager) =>
    countRows(addConditions(manager.createQueryBuilder(DidRow, 'did').where(listed), 'did', query.where)),
  )
}

function withoutNulls(identifier: PartialIdentifier): PartialIdentifier {
  return Object.fromEntries(Object.entries(identifier).filter(([, value]) => value !== null))
}
