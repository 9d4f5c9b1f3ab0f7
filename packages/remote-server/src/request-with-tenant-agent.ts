import type { IAgent } from '@veramo/core-types'
import type { MeterUsage } from '@veramo-studio/billing-manager'
import { kitErrors, type Principal } from '@veramo-studio/plugin-kit'
import { tenantAgent } from '@veramo-studio/tenant-agent'
import type { Request, RequestHandler, Response } from 'express'
import { authenticate, type AuthenticationOptions } from './authenticate.js'
import { forwardErrors } from './forward-errors.js'
import { addRateLimitHeaders, keyRateLimitHeaders } from './key-rate-limit-headers.js'
import { rateLimitHeaders } from './rate-limit-headers.js'

declare module 'express-serve-static-core' {
  interface Request {
    /** Bound to the caller; the name is the one that Veramo's own routers look for. */
    agent?: IAgent
    principal?: Principal
  }
}

/**
 * Authenticates each request and puts the caller's tenant agent where Veramo's own routers look for it: a stock
 * `AgentRouter` mounted behind it serves each caller in its tenant. Metered calls take an `Idempotency-Key`, and are
 * answered with `RateLimit` header fields.
 */
export function RequestWithTenantAgent(options: AuthenticationOptions): RequestHandler {
  return forwardErrors(
    async (request, response) => {
      const principal = await authenticate(options, request)
      const idempotencyKey = idempotencyKeyOf(request)
      request.principal = principal
      request.agent = tenantAgent(options.agent, principal, {
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        onUsage: (usage) => tellUsage(response, usage, options),
        onRateLimits: (rateLimits) => addRateLimitHeaders(response, keyRateLimitHeaders(rateLimits)),
      })
    },
    { last: false },
  )
}

function idempotencyKeyOf(request: Request): string | undefined {
  const [key, ...others] = request.headersDistinct['idempotency-key'] ?? []
  if (others.length > 0) throw kitErrors.invalid_argument('send one Idempotency-Key')
  return key
}

function tellUsage(response: Response, usage: MeterUsage, { clock }: AuthenticationOptions): void {
  addRateLimitHeaders(response, rateLimitHeaders(usage, clock))
}
