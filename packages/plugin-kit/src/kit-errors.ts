import { errorFactory, type ErrorDefinition } from './errors.js'

/** Errors that any package may answer with. */
export const kitErrorDefinitions = {
  invalid_argument: { status: 400, title: 'Invalid argument' },
  tenant_required: { status: 400, title: 'Tenant required' },
  permission_denied: { status: 403, title: 'Permission denied' },
  not_found: { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'Conflict' },
  account_closed: { status: 409, title: 'Account closed' },
  setting_invalid: { status: 500, title: 'Invalid setting' },
  store_unavailable: { status: 503, title: 'Store unavailable', retryable: true },
  write_outcome_unknown: { status: 503, title: 'Outcome of a write unknown' },
  writer_reentered: { status: 500, title: 'Write inside a write' },
  fetch_refused: { status: 400, title: 'Address refused' },
  fetch_failed: { status: 502, title: 'Fetch failed', retryable: true },
} as const satisfies Record<string, ErrorDefinition>

export const kitErrors = errorFactory(kitErrorDefinitions)
