import { kitErrors } from '@veramo-studio/plugin-kit'

/** Control characters, which Postgres or a terminal would not take, and halves of surrogate pairs. */
const UNFIT_FOR_LINE = /[\p{Cc}\p{Cs}]/u
const SHA256 = /^[0-9a-fA-F]{64}$/
const UNFIT_FOR_LINES = /(?![\t\n\r])[\p{Cc}\p{Cs}]/u

/** A line of 1 to `maxLength` characters, without the blanks around it; `invalid_argument` otherwise. */
export function checkLine(member: string, text: string, maxLength: number): string {
  const line = text.trim()
  if (line === '' || lengthOf(line) > maxLength) {
    throw kitErrors.invalid_argument(`${member} must have 1 to ${maxLength} characters`)
  }
  if (UNFIT_FOR_LINE.test(line)) throw kitErrors.invalid_argument(`${member} must not have control characters`)
  return line
}

/** Any number of lines of at most `maxLength` characters together; `invalid_argument` otherwise. */
export function checkLines(member: string, text: string, maxLength: number): string {
  if (lengthOf(text) > maxLength) throw kitErrors.invalid_argument(`${member} has at most ${maxLength} characters`)
  if (UNFIT_FOR_LINES.test(text)) throw kitErrors.invalid_argument(`${member} must not have control characters`)
  return text
}

/** The 32 bytes of a SHA-256 in hexadecimal; `invalid_argument`, which does not show the text, otherwise. */
export function parseSha256(member: string, text: string | undefined): Buffer {
  if (text !== undefined && SHA256.test(text)) return Buffer.from(text, 'hex')
  throw kitErrors.invalid_argument(`${member} must be a SHA-256 in hexadecimal`)
}

/** In characters as people count them, not in halves of surrogate pairs. */
function lengthOf(text: string): number {
  return Array.from(text).length
}
