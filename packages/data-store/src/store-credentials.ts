import { currentCallId, type DatabaseEngine } from '@veramo-studio/plugin-kit'
import type { VerifiableCredential } from '@veramo/core-types'
import type { EntityManager } from 'typeorm'
import { toCredentialRecord, type CredentialRecord } from './credential-record.js'
import { deleteRows, insertRows, upsertRow } from './typeorm/write-rows.js'

/** Whose rows are written, and when. */
export interface Storing {
  tenantId: string
  /** ISO 8601, UTC. */
  now: string
}

/** A credential that can be stored, or more of them, with the DIDs that they name. */
export interface StorableCredentials {
  records: CredentialRecord[]
  hashes: string[]
  dids: string[]
}

/** Takes credentials apart before they are written. Throws `invalid_argument`. */
export function toStorable(credentials: readonly VerifiableCredential[], engine: DatabaseEngine): StorableCredentials {
  const records = credentials.map((credential) => toCredentialRecord(credential, engine))
  return {
    records,
    hashes: records.map(({ columns }) => columns.hash),
    dids: records
      .flatMap(({ columns }) => [columns.issuerDid, columns.subjectDid])
      .filter((did): did is string => did !== null),
  }
}

/** Stores credentials under their hashes. One whose hash is there already is replaced, and keeps its place. */
export async function storeCredentials(
  manager: EntityManager,
  { tenantId, now }: Storing,
  { records }: StorableCredentials,
): Promise<void> {
  for (const { columns, claims } of records) {
    const row = { ...columns, callId: currentCallId() }
    await upsertRow(manager, {
      table: 'studio_credential',
      row: { tenantId, ...row, savedAt: now },
      key: ['tenantId', 'hash'],
      replaced: Object.keys(row),
    })
    const ofCredential = { tenantId, credentialHash: columns.hash }
    await deleteRows(manager, 'studio_claim', ofCredential)
    await insertRows(
      manager,
      'studio_claim',
      claims.map((claim) => ({ ...ofCredential, ...claim })),
    )
  }
}
