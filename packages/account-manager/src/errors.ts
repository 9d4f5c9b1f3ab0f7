import { errorFactory, type ErrorDefinition } from '@veramo-studio/plugin-kit'

/** Errors of the account manager, besides those of plugin-kit. */
export const accountManagerErrorDefinitions = {
  email_taken: { status: 409, title: 'E-mail address taken' },
} as const satisfies Record<string, ErrorDefinition>

export const accountManagerErrors = errorFactory(accountManagerErrorDefinitions)
