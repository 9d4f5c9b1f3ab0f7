import type { Database } from '@veramo-studio/plugin-kit'
import type {
  AuthorizedDIDContext,
  FindClaimsArgs,
  TClaimsColumns,
  UniqueVerifiableCredential,
} from '@veramo/core-types'
import { toUniqueCredential, type FoundCredential } from './find-credentials.js'
import { countRows, findRows, type Findable } from './find-rows.js'
import { toStoredDate } from './iso-date.js'
import type { FindColumns } from './parse-find-args.js'

const COLUMNS: FindColumns<Exclude<TClaimsColumns, 'id'>> = {
  context: { sql: 'credential."context"' },
  credentialType: { sql: 'credential."type"' },
  type: { sql: 'claim."type"' },
  value: { sql: 'claim."value"' },
  isObj: { sql: 'claim."isObj"', toStored: toStoredBoolean },
  issuer: { sql: 'credential."issuerDid"' },
  subject: { sql: 'credential."subjectDid"' },
  expirationDate: { sql: 'credential."expirationDate"', toStored: toStoredDate },
  issuanceDate: { sql: 'credential."issuanceDate"', toStored: toStoredDate },
}

const CLAIMS: Findable<TClaimsColumns> = {
  from:
    '"studio_claim" claim JOIN "studio_credential" credential ' +
    'ON credential."tenantId" = claim."tenantId" AND credential."hash" = claim."credentialHash"',
  alias: 'claim',
  // Veramo's types name an "id", which its claims do not have: it is refused there too.
  columns: COLUMNS as FindColumns<TClaimsColumns>,
  insertion: ['credential."position"', 'credential."hash"', 'claim."position"'],
  ofDid: ['credential."subjectDid" = ?', 'credential."issuerDid" = ?'],
}

/**
 * Returns each credential that has a claim that matches, once, in the order that is asked for, and then by when it was
 * stored. As with Veramo, `skip` and `take` count claims.
 */
export async function findCredentialsByClaims(
  database: Database,
  args: FindClaimsArgs | undefined,
  { authorizedDID }: AuthorizedDIDContext,
): Promise<UniqueVerifiableCredential[]> {
  const select = 'claim."tenantId", credential."hash", credential."raw"'
  const rows = await findRows<FoundCredential & { tenantId: string }, TClaimsColumns>(database, CLAIMS, {
    ...{ args, authorizedDID, select },
  })
  const first = new Map<string, FoundCredential>()
  for (const row of rows) {
    const id = JSON.stringify([row.tenantId, row.hash])
    if (!first.has(id)) first.set(id, row)
  }
  return [...first.values()].map(toUniqueCredential)
}

/** Counts the claims that match, as Veramo does, and not their credentials; `skip` and `take` make no difference. */
export async function countCredentialsByClaims(
  database: Database,
  args: FindClaimsArgs | undefined,
  { authorizedDID }: AuthorizedDIDContext,
): Promise<number> {
  return countRows(database, CLAIMS, { args, authorizedDID })
}

/** As Postgres reads a boolean, and as SQLite keeps one. */
function toStoredBoolean(text: string): string {
  if (/^(t|true|y|yes|on|1)$/i.test(text)) return '1'
  if (/^(f|false|n|no|off|0)$/i.test(text)) return '0'
  return text
}
