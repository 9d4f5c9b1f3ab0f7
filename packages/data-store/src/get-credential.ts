import { kitErrors, type Database } from '@veramo-studio/plugin-kit'
import type { IDataStoreGetVerifiableCredentialArgs, VerifiableCredential } from '@veramo/core-types'
import { isStorableName } from './storable-text.js'
import { CredentialRow } from './typeorm/credential-row.js'

/** Returns the tenant's credential with a hash, as it was saved; rejects with `not_found` where it has none. */
export async function getCredential(
  database: Database,
  { hash }: IDataStoreGetVerifiableCredentialArgs,
): Promise<VerifiableCredential> {
  const tenantId = database.tenantId()
  const row = isStorableName(hash)
    ? await database.read((manager) => manager.findOneBy(CredentialRow, { tenantId, hash }))
    : null
  if (row === null) throw kitErrors.not_found('Verifiable credential not found')
  return row.raw
}
