import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IAgent } from '@veramo/core-types'
import { kitErrors, type Clock, type Principal } from '@veramo-studio/plugin-kit'
import { tenantAgent } from '@veramo-studio/tenant-agent'
import { headerValues } from './header-values.js'
import { addRateLimitHeaders, keyRateLimitHeaders } from './key-rate-limit-headers.js'
import { rateLimitHeaders } from './rate-limit-headers.js'

interface AuthenticatedRequest {
  agent: IAgent
  clock?: Clock
  request: IncomingMessage
  response: ServerResponse
  principal: Principal
}

/** The agent of a caller: it takes the request's `Idempotency-Key`, and tells the response what its limits have left. */
export function agentOf({ agent, clock, request, response, principal }: AuthenticatedRequest): IAgent {
  const idempotencyKey = idempotencyKeyOf(request)
  return tenantAgent(agent, principal, {
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    onUsage: (usage) => addRateLimitHeaders(response, rateLimitHeaders(usage, clock)),
    onRateLimits: (rateLimits) => addRateLimitHeaders(response, keyRateLimitHeaders(rateLimits)),
  })
}

function idempotencyKeyOf(request: IncomingMessage): string | undefined {
  const [key, ...others] = headerValues(request, 'idempotency-key')
  if (others.length > 0) throw kitErrors.invalid_argument('send one Idempotency-Key')
  return key
}
