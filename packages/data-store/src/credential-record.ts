import { kitErrors, type DatabaseEngine } from '@veramo-studio/plugin-kit'
import type { VerifiableCredential } from '@veramo/core-types'
import { asArray, computeEntryHash, extractIssuer } from '@veramo/utils'
import { toInstant } from './iso-date.js'
import { storableName, storableText } from './storable-text.js'

/** A credential as it is stored. */
export interface CredentialRecord {
  columns: CredentialColumns
  claims: ClaimColumns[]
}

interface CredentialColumns {
  hash: string
  /** JSON. */
  raw: string
  id: string | null
  issuerDid: string
  subjectDid: string | null
  issuanceDate: string
  expirationDate: string | null
  context: string
  type: string
}

interface ClaimColumns {
  position: number
  type: string
  value: string | null
  isObj: string
}

/** Takes a credential apart. Throws `invalid_argument` for what cannot be stored. */
export function toCredentialRecord(credential: VerifiableCredential, engine: DatabaseEngine): CredentialRecord {
  const { id, issuanceDate, expirationDate, credentialSubject, type } = credential
  const columns = {
    hash: computeEntryHash(credential),
    raw: JSON.stringify(credential),
    id: id === undefined || id === null ? null : storableName('id', id),
    issuerDid: storableName('issuer', extractIssuer(credential)),
    subjectDid: credentialSubject.id ? storableName('credentialSubject.id', credentialSubject.id) : null,
    issuanceDate: storedDate('issuanceDate', issuanceDate),
    expirationDate: expirationDate ? storedDate('expirationDate', expirationDate) : null,
    context: joined('@context', credential['@context']),
    type: joined('type', type),
  }
  const claims = Object.entries(credentialSubject)
    .filter(([name]) => name !== 'id')
    .map(([name, value], index) => ({
      position: index + 1,
      type: withoutNul(name),
      value: claimText(value, engine),
      isObj: typeof value === 'object' && value !== null ? '1' : '0',
    }))
  return { columns, claims }
}

/** A list as queries compare it: joined with commas. */
export function joined(member: string, items: unknown): string {
  return asArray<unknown>(items ?? [])
    .map((item) => storableText(member, String(item)))
    .join(',')
}

export function storedDate(member: string, text: string): string {
  const date = toInstant(text)
  if (date === undefined) throw kitErrors.invalid_argument(`${member} is not a date of ISO 8601`)
  return date
}

/** As Veramo's databases write it: SQLite has no boolean. */
function claimText(value: unknown, engine: DatabaseEngine): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'object') return JSON.stringify(value)
  if (typeof value === 'boolean' && engine === 'sqlite') return value ? '1' : '0'
  return typeof value === 'string' ? withoutNul(value) : JSON.stringify(value)
}

/** The credential has it, escaped in its JSON; a column of Postgres cannot. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '')
}
