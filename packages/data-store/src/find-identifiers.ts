import { searchRows, type Database } from '@veramo-studio/plugin-kit'
import type { FindIdentifiersArgs, PartialIdentifier, TIdentifiersColumns } from '@veramo/core-types'
import { countRows, findSql, insertionOrder, type Findable } from './find-rows.js'
import { toIdentifier } from './identifier.js'
import { parseFindArgs } from './parse-find-args.js'
import { DID_INSERTION, selectDids, selectedOfPage, toStoredDids } from './typeorm/select-dids.js'
import type { PartRow } from './typeorm/select-with-parts.js'

const DIDS: Findable<TIdentifiersColumns> = {
  from: '"studio_did" did',
  alias: 'did',
  columns: {
    did: { sql: 'did."did"' },
    alias: { sql: 'did."alias"' },
    provider: { sql: 'did."provider"' },
  },
  insertion: DID_INSERTION,
}

/**
 * Returns the identifiers that match, managed ones and those that are only known from credentials, presentations and
 * messages, in the order that is asked for, and then by when they were stored.
 */
export async function findIdentifiers(
  database: Database,
  args: FindIdentifiersArgs | undefined,
): Promise<PartialIdentifier[]> {
  const { order } = parseFindArgs(DIDS.columns, args)
  const select = selectedOfPage(insertionOrder(DIDS, order))
  const { text, parameters } = selectDids(findSql(database, DIDS, { args, select }))
  const rows = await database.read((manager) => searchRows<PartRow>(manager, text, parameters))
  return toStoredDids(rows).map((row) => withoutNulls(toIdentifier(row)))
}

/** Counts the identifiers that match; `skip` and `take` make no difference. */
export async function countIdentifiers(database: Database, args: FindIdentifiersArgs | undefined): Promise<number> {
  return countRows(database, DIDS, { args })
}

function withoutNulls(identifier: PartialIdentifier): PartialIdentifier {
  return Object.fromEntries(Object.entries(identifier).filter(([, value]) => value !== null))
}
