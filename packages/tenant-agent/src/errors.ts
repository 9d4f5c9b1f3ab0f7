import { errorFactory, type ErrorDefinition } from '@veramo-studio/plugin-kit'

export const tenantAgentErrorDefinitions = {
  method_not_found: { status: 404, title: 'Method not found' },
  principal_invalid: { status: 500, title: 'Invalid principal' },
  limit_exhausted: { status: 402, title: 'Limit exhausted' },
  key_budget_exhausted: { status: 402, title: 'Budget of the key exhausted' },
  rate_limited: { status: 429, title: 'Rate limited', retryable: true },
  idempotency_running: { status: 409, title: 'First call still running' },
  idempotency_mismatch: { status: 422, title: 'Idempotency key used with other arguments' },
  answer_lost: { status: 409, title: 'Answer lost' },
  answer_withheld: { status: 409, title: 'Answer not kept' },
} as const satisfies Record<string, ErrorDefinition>

export const tenantAgentErrors = errorFactory(tenantAgentErrorDefinitions)
