import type { Database } from '@veramo-studio/plugin-kit'
import type {
  AuthorizedDIDContext,
  FindPresentationsArgs,
  TPresentationColumns,
  UniqueVerifiablePresentation,
  VerifiablePresentation,
} from '@veramo/core-types'
import { countRows, findRows, type Findable } from './find-rows.js'
import { toStoredDate } from './iso-date.js'

const hasVerifier = (comparison: string) =>
  'EXISTS (SELECT 1 FROM "studio_presentation_verifier" verifier ' +
  'WHERE verifier."tenantId" = presentation."tenantId" ' +
  `AND verifier."presentationHash" = presentation."hash" AND ${comparison})`

const PRESENTATIONS: Findable<TPresentationColumns> = {
  from: '"studio_presentation" presentation',
  alias: 'presentation',
  columns: {
    context: { sql: 'presentation."context"' },
    type: { sql: 'presentation."type"' },
    id: { sql: 'presentation."id"' },
    holder: { sql: 'presentation."holderDid"' },
    verifier: { sql: 'verifier."did"', anyOf: hasVerifier },
    expirationDate: { sql: 'presentation."expirationDate"', toStored: toStoredDate },
    issuanceDate: { sql: 'presentation."issuanceDate"', toStored: toStoredDate },
  },
  insertion: ['presentation."position"', 'presentation."hash"'],
  ofDid: [hasVerifier('verifier."did" = ?'), 'presentation."holderDid" = ?'],
}

/** Returns the presentations that match, in the order that is asked for, and then by when they were stored. */
export async function findPresentations(
  database: Database,
  args: FindPresentationsArgs | undefined,
  { authorizedDID }: AuthorizedDIDContext,
): Promise<UniqueVerifiablePresentation[]> {
  const select = 'presentation."hash", presentation."raw"'
  const rows = await findRows<{ hash: string; raw: string }, TPresentationColumns>(database, PRESENTATIONS, {
    ...{ args, authorizedDID, select },
  })
  return rows.map(({ hash, raw }) => ({ hash, verifiablePresentation: JSON.parse(raw) as VerifiablePresentation }))
}

/** Counts the presentations that match; `skip` and `take` make no difference. */
export async function countPresentations(
  database: Database,
  args: FindPresentationsArgs | undefined,
  { authorizedDID }: AuthorizedDIDContext,
): Promise<number> {
  return countRows(database, PRESENTATIONS, { args, authorizedDID })
}
