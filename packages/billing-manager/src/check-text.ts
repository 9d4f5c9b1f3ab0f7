import { kitErrors } from '@veramo-studio/plugin-kit'

/** Control characters, which Postgres does not take, and halves of surrogate pairs. */
const UNFIT = /[\p{Cc}\p{Cs}]/u

/** Throws `invalid_argument` for anything but a text of 1 to `maxLength` characters without control characters. */
export function assertLine(member: string, text: unknown, maxLength: number): asserts text is string {
  if (typeof text !== 'string' || text === '' || Array.from(text).length > maxLength || UNFIT.test(text)) {
    throw kitErrors.invalid_argument(
      `${member} must have 1 to ${maxLength} characters, none of them a control character`,
    )
  }
}
