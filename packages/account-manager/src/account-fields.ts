import { kitErrors } from '@veramo-studio/plugin-kit'
import { isPrintable, parseText } from './parse-text.js'
import type { AccountManagerCreateArgs } from './types/IAccountManager.js'

const MAX_NAME_LENGTH = 100
const MAX_EMAIL_LENGTH = 254
const MAX_PLAN_LENGTH = 100

export interface AccountFields {
  name: string
  email?: string
  plan?: string
}

/** What a caller says of an account, trimmed and checked; `invalid_argument` names the member that is wrong. */
export function parseAccountFields({ name, email, plan }: AccountManagerCreateArgs): AccountFields {
  return {
    name: parseText('name', name, MAX_NAME_LENGTH),
    ...(email !== undefined && { email: parseEmail(email) }),
    ...(plan !== undefined && { plan: parseText('plan', plan, MAX_PLAN_LENGTH) }),
  }
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
