import { kitErrors, type Database } from '@veramo-studio/plugin-kit'
import type { IDataStoreGetVerifiablePresentationArgs, VerifiablePresentation } from '@veramo/core-types'
import { readRaw } from './read-raw.js'

/** Returns the tenant's presentation with a hash, as it was saved; rejects with `not_found` where it has none. */
export async function getPresentation(
  database: Database,
  { hash }: IDataStoreGetVerifiablePresentationArgs,
): Promise<VerifiablePresentation> {
  const presentation = await readRaw<VerifiablePresentation>(database, 'studio_presentation', hash)
  if (presentation === undefined) throw kitErrors.not_found('Verifiable presentation not found')
  return presentation
}
