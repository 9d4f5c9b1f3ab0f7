import type { Database } from '@veramo-studio/plugin-kit'
import type {
  AuthorizedDIDContext,
  FindCredentialsArgs,
  TCredentialColumns,
  UniqueVerifiableCredential,
} from '@veramo/core-types'
import type { EntityManager, SelectQueryBuilder } from 'typeorm'
import { listedRows } from './listed-rows.js'
import { parseFindArgs, type FindColumns, type FindQuery } from './parse-find-args.js'
import { addConditions, addOrder, addRange, countRows } from './typeorm/apply-find.js'
import { CredentialRow } from './typeorm/credential-row.js'
import { sortBy } from './typeorm/sort-by.js'

const COLUMNS: FindColumns<TCredentialColumns> = {
  context: { property: 'context' },
  type: { property: 'type' },
  id: { property: 'id' },
  issuer: { property: 'issuerDid' },
  subject: { property: 'subjectDid' },
  expirationDate: { property: 'expirationDate', isDate: true },
  issuanceDate: { property: 'issuanceDate', isDate: true },
  hash: { property: 'hash' },
}

const ALIAS = 'credential'

/** Returns the credentials that match, in the order that is asked for, and then by when they were stored. */
export async function findCredentials(
  database: Database,
  args: FindCredentialsArgs | undefined,
  context: AuthorizedDIDContext,
): Promise<UniqueVerifiableCredential[]> {
  const listed = listedRows(database)
  const query = parseFindArgs(COLUMNS, args)
  const rows = await database.read((manager) => {
    const ordered = addOrder(matching(manager, { listed, query, context }), ALIAS, query.order)
    const insertion = ['tenantId', 'position', 'hash'].map((column) => [`${ALIAS}.${column}`] as const)
    return addRange(sortBy(ordered, insertion), query).getMany()
  })
  return rows.map(({ hash, raw }) => ({ hash, verifiableCredential: raw }))
}

/** Counts the credentials that match; `skip` and `take` make no difference. */
export async function countCredentials(
  database: Database,
  args: FindCredentialsArgs | undefined,
  context: AuthorizedDIDContext,
): Promise<number> {
  const listed = listedRows(database)
  const query = parseFindArgs(COLUMNS, args)
  return database.read((manager) => countRows(matching(manager, { listed, query, context })))
}

interface Matching {
  listed: { tenantId?: string }
  query: FindQuery
  context: AuthorizedDIDContext
}

function matching(manager: EntityManager, { listed, query, context }: Matching): SelectQueryBuilder<CredentialRow> {
  const found = addConditions(manager.createQueryBuilder(CredentialRow, ALIAS).where(listed), ALIAS, query.where)
  const { authorizedDID } = context
  if (!authorizedDID) return found
  return found.andWhere(`(${ALIAS}.subjectDid = :authorizedDID OR ${ALIAS}.issuerDid = :authorizedDID)`, {
    authorizedDID,
  })
}
