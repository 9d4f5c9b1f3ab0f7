import type { IAgent } from '@veramo/core-types'
import type { Principal } from '@veramo-studio/plugin-kit'
import type { RequestHandler } from 'express'
import { agentOf } from './agent-of.js'
import { authenticate, type AuthenticationOptions } from './authenticate.js'
import { callerOf } from './caller.js'
import { forwardErrors } from './forward-errors.js'
import { requireToken, tokenPrefixesOf } from './read-credentials.js'

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
  const prefixes = tokenPrefixesOf(options.agent)
  return forwardErrors(
    async (request, response) => {
      const principal = await authenticate(options, callerOf(request), requireToken(request, prefixes))
      request.principal = principal
      request.agent = agentOf({ ...options, request, response, principal })
    },
    { last: false },
  )
}
