import { kitErrors } from '@veramo-studio/plugin-kit'
import { isPrintable, parseText } from './parse-text.js'
import type { AccountRow } from './typeorm/account-row.js'
import type { AccountManagerCreateArgs, AccountManagerUpdateArgs } from './types/Account.js'

const MAX_NAME_LENGTH = 100
const MAX_EMAIL_LENGTH = 254
const MAX_PLAN_LENGTH = 100

export interface AccountFields {
  name: string
  email?: string
  plan?: string
}

/** The columns that a customer may change, and those that follow from them. */
export type AccountChanges = Partial<Pick<AccountRow, 'name' | 'nameKey' | 'email' | 'emailKey'>>

/** What a caller says of an account, trimmed and checked; `invalid_argument` names the member that is wrong. */
export function parseAccountFields({ name, email, plan }: AccountManagerCreateArgs): AccountFields {
  return {
    name: parseText('name', name, MAX_NAME_LENGTH),
    ...(email !== undefined && { email: parseEmail(email) }),
    ...(plan !== undefined && { plan: parseText('plan', plan, MAX_PLAN_LENGTH) }),
  }
}

/** What a caller wants to change of an account. */
export function parseAccountChanges({ name, email }: AccountManagerUpdateArgs): AccountChanges {
  if (name === undefined && email === undefined) throw kitErrors.invalid_argument('give a name or an email to change')
  return {
    ...(name !== undefined && nameColumns(parseText('name', name, MAX_NAME_LENGTH))),
    ...(email !== undefined && emailColumns(email === null ? undefined : parseEmail(email))),
  }
}

export function nameColumns(name: string): { name: string; nameKey: string } {
  return { name, nameKey: toNameKey(name) }
}

export function emailColumns(email: string | undefined): { email: string | null; emailKey: string | null } {
  return email === undefined ? { email: null, emailKey: null } : { email, emailKey: toEmailKey(email) }
}

/** What names are searched in: two that differ in case alone have the same. */
export function toNameKey(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

/** What two e-mail addresses have in common when they count as the same. */
export function toEmailKey(email: string): string {
  return email.normalize('NFC').toLowerCase()
}

/** Whether an address exists is for a message to find out: this only refuses what cannot be one. */
function parseEmail(text: string): string {
  const email = text.trim()
  if (email.length > MAX_EMAIL_LENGTH || !isPrintable(email) || !/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw kitErrors.invalid_argument(`email must be an e-mail address of at most ${MAX_EMAIL_LENGTH} characters`)
  }
  return email
}
