import { errorFactory, type ErrorDefinition } from '@veramo-studio/plugin-kit'

/** Errors of key custody, besides those of plugin-kit. */
export const keyCustodyErrorDefinitions = {
  acting_forbidden: { status: 403, title: 'Not on behalf of a customer' },
  key_already_exists: { status: 409, title: 'Key already exists' },
  not_supported: { status: 400, title: 'Not supported' },
  kek_mismatch: { status: 500, title: 'Wrong root key' },
  seal_broken: { status: 500, title: 'Seal broken' },
} as const satisfies Record<string, ErrorDefinition>

export const keyCustodyErrors = errorFactory(keyCustodyErrorDefinitions)
