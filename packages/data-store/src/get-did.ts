import { kitErrors, type Database } from '@veramo-studio/plugin-kit'
import type { IIdentifier } from '@veramo/core-types'
import { toIdentifier } from './identifier.js'
import { isStorableName } from './storable-text.js'
import { selectDidsWhere, toStoredDids } from './typeorm/select-dids.js'
import type { PartRow } from './typeorm/select-with-parts.js'

const BY_DID = selectDidsWhere('did."tenantId" = ? AND did."did" = ?').text
const BY_ALIAS = selectDidsWhere('did."tenantId" = ? AND did."alias" = ?').text

/** Returns the tenant's identifier with a DID or an alias; rejects with `not_found` where it has none. */
export async function getDid(database: Database, args: { did?: string; alias?: string }): Promise<IIdentifier> {
  const tenantId = database.tenantId()
  const { did, alias } = args
  if ((did === undefined) === (alias === undefined)) {
    throw kitErrors.invalid_argument('Get requires did or (alias and provider)')
  }
  const name = did ?? alias
  if (!isStorableName(name)) throw notFound()
  const rows = await database.readRows<PartRow>(did === undefined ? BY_ALIAS : BY_DID, [tenantId, name])
  const [stored] = toStoredDids(rows)
  if (stored === undefined) throw notFound()
  return toIdentifier(stored)
}

const notFound = () => kitErrors.not_found('Identifier not found')
