import { kitErrors } from '@veramo-studio/plugin-kit'

/** Control characters, and halves of surrogate pairs, which no database keeps as they are. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u

export function isPrintable(text: string): boolean {
  return !UNPRINTABLE.test(text)
}

/** A text without the blanks around it; `invalid_argument` names the member where nothing is left, or too much. */
export function parseText(member: string, text: string, maxLength: number): string {
  return parseExactText(member, text.trim(), maxLength)
}

/** A text as it is, for names that a program makes. */
export function parseExactText(member: string, text: string, maxLength: number): string {
  if (text === '' || [...text].length > maxLength || !isPrintable(text)) {
    throw kitErrors.invalid_argument(`${member} must be 1 to ${maxLength} characters, and no control characters`)
  }
  return text
}
