import type { Database } from '@veramo-studio/plugin-kit'
import type { IDataStoreDeleteVerifiableCredentialArgs } from '@veramo/core-types'
import { isStorableName } from './storable-text.js'
import { CredentialRow } from './typeorm/credential-row.js'
import { deleteRows } from './typeorm/write-rows.js'

/** Removes the tenant's credential with a hash, also from messages, and tells whether there was one. */
export async function deleteCredential(
  database: Database,
  { hash }: IDataStoreDeleteVerifiableCredentialArgs,
): Promise<boolean> {
  const tenantId = database.tenantId()
  if (!isStorableName(hash)) return false
  return database.write(async (manager) => {
    for (const table of ['studio_claim', 'studio_message_credential']) {
      await deleteRows(manager, table, { tenantId, credentialHash: hash })
    }
    const { affected } = await manager.delete(CredentialRow, { tenantId, hash })
    return affected === 1
  })
}
