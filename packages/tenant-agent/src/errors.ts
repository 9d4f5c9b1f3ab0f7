import { errorFactory, type ErrorDefinition } from '@veramo-studio/plugin-kit'

export const tenantAgentErrorDefinitions = {
  method_not_found: { status: 404, title: 'Method not found' },
  principal_invalid: { status: 500, title: 'Invalid principal' },
} as const satisfies Record<string, ErrorDefinition>

export const tenantAgentErrors = errorFactory(tenantAgentErrorDefinitions)
