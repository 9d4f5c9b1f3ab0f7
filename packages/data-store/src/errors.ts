import { errorFactory, type ErrorDefinition } from '@veramo-studio/plugin-kit'

export const dataStoreErrorDefinitions = {
  import_incomplete: { status: 500, title: 'Import incomplete' },
  messaging_busy: { status: 503, title: 'Too many messages at once', retryable: true },
  private_key_unreadable: { status: 500, title: 'Private key unreadable' },
} as const satisfies Record<string, ErrorDefinition>

export const dataStoreErrors = errorFactory(dataStoreErrorDefinitions)
