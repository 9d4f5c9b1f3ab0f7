import { errorFactory, type ErrorDefinition } from '@veramo-studio/plugin-kit'

export const remoteServerErrorDefinitions = {
  credentials_missing: { status: 401, title: 'Credentials missing' },
  credentials_invalid: { status: 401, title: 'Credentials not valid' },
  credentials_ambiguous: { status: 400, title: 'More than one credential' },
  credentials_in_query: { status: 400, title: 'Credential in the address' },
  customer_mismatch: { status: 400, title: 'Two different customers named' },
  insecure_transport: { status: 403, title: 'Plain HTTP refused' },
  body_malformed: { status: 400, title: 'Malformed body' },
  body_too_large: { status: 413, title: 'Body too large' },
  content_type_unsupported: { status: 415, title: 'Content type not supported' },
  route_not_found: { status: 404, title: 'Route not found' },
  http_method_not_allowed: { status: 405, title: 'HTTP method not allowed' },
  method_failed: { status: 400, title: 'Method failed' },
  internal_error: { status: 500, title: 'Internal error' },
  port_in_use: { status: 500, title: 'Port in use' },
} as const satisfies Record<string, ErrorDefinition>

export const remoteServerErrors = errorFactory(remoteServerErrorDefinitions)
