import type { Database } from '@veramo-studio/plugin-kit'
import type { IDataStoreDeleteVerifiableCredentialArgs } from '@veramo/core-types'
import { isStorableName } from './storable-text.js'
import { CredentialRow } from './typeorm/credential-row.js'

/** Removes the tenant's credential with a hash, and tells whether there was one. */
export async function deleteCredential(
  database: Database,
  { hash }: IDataStoreDeleteVerifiableCredentialArgs,
): Promise<boolean> {
  const tenantId = database.tenantId()
  if (!isStorableName(hash)) return false
  const { affected } = await database.write((manager) => manager.delete(CredentialRow, { tenantId, hash }))
  return affected === 1
}
