import type { Clock, Database } from '@veramo-studio/plugin-kit'
import type { IDataStoreSaveVerifiableCredentialArgs } from '@veramo/core-types'
import { storeCredentials, toStorable } from './store-credentials.js'
import { addDids } from './typeorm/add-dids.js'

/**
 * Stores a credential under its hash, which is returned. One that has the hash already is replaced, and keeps its
 * place: saving the same again changes nothing.
 */
export async function saveCredential(
  { database, clock }: { database: Database; clock: Clock },
  { verifiableCredential }: IDataStoreSaveVerifiableCredentialArgs,
): Promise<string> {
  const tenantId = database.tenantId()
  const storable = toStorable([verifiableCredential], database.engine)
  const now = clock.now().toISOString()
  await database.write(async (manager) => {
    await addDids(manager, { tenantId, dids: storable.dids, now })
    await storeCredentials(manager, { tenantId, now }, storable)
  })
  return String(storable.hashes[0])
}
