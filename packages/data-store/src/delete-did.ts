import type { Database } from '@veramo-studio/plugin-kit'
import { isStorableName } from './storable-text.js'
import { CredentialRow } from './typeorm/credential-row.js'
import { DidRow } from './typeorm/did-row.js'
import { KeyRow } from './typeorm/key-row.js'
import { ServiceRow } from './typeorm/service-row.js'

/**
 * Removes an identifier, its services, and the credentials that it issued. Its keys stay, and belong to no identifier.
 * True also where there was nothing to remove.
 */
export async function deleteDid(database: Database, { did }: { did: string }): Promise<boolean> {
  const tenantId = database.tenantId()
  if (!isStorableName(did)) return true
  await database.write(async (manager) => {
    await manager.update(KeyRow, { tenantId, did }, { did: null })
    await manager.delete(ServiceRow, { tenantId, did })
    await manager.delete(CredentialRow, { tenantId, issuerDid: did })
    await manager.delete(DidRow, { tenantId, did })
  })
  return true
}
