import type { DatabaseEngine } from '@veramo-studio/plugin-kit'
import type { VerifiableCredential, VerifiablePresentation, W3CVerifiableCredential } from '@veramo/core-types'
import { asArray, computeEntryHash } from '@veramo/utils'
import { normalizeCredential } from 'did-jwt-vc'
import { joined, storedDate } from './credential-record.js'
import { storableName } from './storable-text.js'
import { toStorable, type StorableCredentials } from './store-credentials.js'

/** A presentation as it is stored, with its credentials. */
export interface PresentationRecord {
  columns: PresentationColumns
  verifiers: string[]
  credentials: StorableCredentials
}

interface PresentationColumns {
  hash: string
  /** JSON. */
  raw: string
  id: string | null
  holderDid: string
  issuanceDate: string | null
  expirationDate: string | null
  context: string
  type: string
}

/** Takes a presentation apart. Throws `invalid_argument` for what cannot be stored. */
export function toPresentationRecord(presentation: VerifiablePresentation, engine: DatabaseEngine): PresentationRecord {
  const { id, issuanceDate, expirationDate, holder, verifier, type, verifiableCredential } = presentation
  return {
    columns: {
      hash: computeEntryHash(presentation),
      raw: JSON.stringify(presentation),
      id: id === undefined || id === null ? null : storableName('id', id),
      holderDid: storableName('holder', holder),
      issuanceDate: issuanceDate ? storedDate('issuanceDate', issuanceDate) : null,
      expirationDate: expirationDate ? storedDate('expirationDate', expirationDate) : null,
      context: joined('@context', presentation['@context']),
      type: joined('type', type),
    },
    verifiers: asArray<unknown>(verifier ?? []).map((did) => storableName('verifier', did)),
    credentials: toStorable((verifiableCredential ?? []).map(toCredential), engine),
  }
}

function toCredential(credential: W3CVerifiableCredential): VerifiableCredential {
  return typeof credential === 'string' ? (normalizeCredential(credential) as VerifiableCredential) : credential
}

/** The DIDs that presentations and their credentials name. */
export function didsOf(records: readonly PresentationRecord[]): string[] {
  return records.flatMap(({ columns, verifiers, credentials }) => [
    columns.holderDid,
    ...verifiers,
    ...credentials.dids,
  ])
}
