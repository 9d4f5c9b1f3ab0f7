import { kitErrors, type Database } from '@veramo-studio/plugin-kit'
import type { IDataStoreGetVerifiableCredentialArgs, VerifiableCredential } from '@veramo/core-types'
import { readRaw } from './read-raw.js'

/** Returns the tenant's credential with a hash, as it was saved; rejects with `not_found` where it has none. */
export async function getCredential(
  database: Database,
  { hash }: IDataStoreGetVerifiableCredentialArgs,
): Promise<VerifiableCredential> {
  const credential = await readRaw<VerifiableCredential>(database, 'studio_credential', hash)
  if (credential === undefined) throw kitErrors.not_found('Verifiable credential not found')
  return credential
}
