import { kitErrors } from '@veramo-studio/plugin-kit'

/** Two names and a tenant id fit an entry of a Postgres index, which holds 2,704 bytes. */
const MAX_NAME_BYTES = 1280

/** Whether this can be the DID, kid, alias or the like of a row. What cannot is not found either. */
export function isStorableName(value: unknown): value is string {
  return isStorableText(value) && value !== '' && Buffer.byteLength(value) <= MAX_NAME_BYTES
}

/** Throws `invalid_argument`, naming the member, for what cannot name a row. */
export function storableName(member: string, value: unknown): string {
  if (isStorableName(value)) return value
  throw kitErrors.invalid_argument(`${member} must be a string of 1 to ${MAX_NAME_BYTES} bytes, without U+0000`)
}

/** Throws `invalid_argument`, naming the member, for what is not text that a column can hold. */
export function storableText(member: string, value: unknown): string {
  if (isStorableText(value)) return value
  throw kitErrors.invalid_argument(`${member} must be a string, without U+0000`)
}

/** Postgres has no place for U+0000 in text. */
function isStorableText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0')
}
