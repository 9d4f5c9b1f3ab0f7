import { errorFactory, type ErrorDefinition } from '@veramo-studio/plugin-kit'

/** Errors of the account manager, besides those of plugin-kit. */
export const accountManagerErrorDefinitions = {
  email_taken: { status: 409, title: 'E-mail address taken' },
  account_not_empty: { status: 409, title: 'Account not empty' },
  credit_insufficient: { status: 409, title: 'Not enough credit' },
  refund_exceeds_charge: { status: 409, title: 'Refund exceeds the charge' },
} as const satisfies Record<string, ErrorDefinition>

export const accountManagerErrors = errorFactory(accountManagerErrorDefinitions)
