import type { Database } from '@veramo-studio/plugin-kit'
import type {
  AuthorizedDIDContext,
  FindCredentialsArgs,
  TCredentialColumns,
  UniqueVerifiableCredential,
  VerifiableCredential,
} from '@veramo/core-types'
import { countRows, findRows, type Findable } from './find-rows.js'
import { toStoredDate } from './iso-date.js'

const CREDENTIALS: Findable<TCredentialColumns> = {
  from: '"studio_credential" credential',
  alias: 'credential',
  columns: {
    context: { sql: 'credential."context"' },
    type: { sql: 'credential."type"' },
    id: { sql: 'credential."id"' },
    issuer: { sql: 'credential."issuerDid"' },
    subject: { sql: 'credential."subjectDid"' },
    expirationDate: { sql: 'credential."expirationDate"', toStored: toStoredDate },
    issuanceDate: { sql: 'credential."issuanceDate"', toStored: toStoredDate },
    hash: { sql: 'credential."hash"' },
  },
  insertion: ['credential."position"', 'credential."hash"'],
  ofDid: ['credential."subjectDid" = ?', 'credential."issuerDid" = ?'],
}

/** A credential as it is read. */
export interface FoundCredential {
  hash: string
  /** JSON. */
  raw: string
}

/** Returns the credentials that match, in the order that is asked for, and then by when they were stored. */
export async function findCredentials(
  database: Database,
  args: FindCredentialsArgs | undefined,
  { authorizedDID }: AuthorizedDIDContext,
): Promise<UniqueVerifiableCredential[]> {
  const select = 'credential."hash", credential."raw"'
  const rows = await findRows<FoundCredential, TCredentialColumns>(database, CREDENTIALS, {
    ...{ args, authorizedDID, select },
  })
  return rows.map(toUniqueCredential)
}

/** Counts the credentials that match; `skip` and `take` make no difference. */
export async function countCredentials(
  database: Database,
  args: FindCredentialsArgs | undefined,
  { authorizedDID }: AuthorizedDIDContext,
): Promise<number> {
  return countRows(database, CREDENTIALS, { args, authorizedDID })
}

export function toUniqueCredential({ hash, raw }: FoundCredential): UniqueVerifiableCredential {
  return { hash, verifiableCredential: JSON.parse(raw) as VerifiableCredential }
}
