import { kitErrors, type Database } from '@veramo-studio/plugin-kit'
import type { IIdentifier } from '@veramo/core-types'
import { toIdentifier } from './identifier.js'
import { isStorableName } from './storable-text.js'
import { inOrder, selectDids } from './typeorm/select-dids.js'

/** Returns the tenant's identifier with a DID or an alias; rejects with `not_found` where it has none. */
export async function getDid(database: Database, args: { did?: string; alias?: string }): Promise<IIdentifier> {
  const tenantId = database.tenantId()
  const { did, alias } = args
  if ((did === undefined) === (alias === undefined)) {
    throw kitErrors.invalid_argument('Get requires did or (alias and provider)')
  }
  const name = did ?? alias
  if (!isStorableName(name)) throw notFound()
  const rows = await database.read((manager) =>
    inOrder(
      selectDids(manager).where(did === undefined ? { tenantId, alias: name } : { tenantId, did: name }),
    ).getMany(),
  )
  const row = rows[0]
  if (row === undefined) throw notFound()
  return toIdentifier(row)
}

const notFound = () => kitErrors.not_found('Identifier not found')
