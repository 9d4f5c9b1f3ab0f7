import { errorFactory, type ErrorDefinition } from '@veramo-studio/plugin-kit'

export const apiKeyManagerErrorDefinitions = {
  api_key_revoked: { status: 409, title: 'API key revoked' },
  api_key_rotated: { status: 409, title: 'API key rotated' },
} as const satisfies Record<string, ErrorDefinition>

export const apiKeyManagerErrors = errorFactory(apiKeyManagerErrorDefinitions)
