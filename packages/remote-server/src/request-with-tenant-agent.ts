import type { IAgent } from '@veramo/core-types'
import type { Principal } from '@veramo-studio/plugin-kit'
import { tenantAgent } from '@veramo-studio/tenant-agent'
import type { RequestHandler } from 'express'
import { authenticate, type AuthenticationOptions } from './authenticate.js'
import { forwardErrors } from './forward-errors.js'

declare module 'express-serve-static-core' {
  interface Request {
    /** Bound to the caller; the name is the one that Veramo's own routers look for. */
    agent?: IAgent
    principal?: Principal
  }
}

/**
 * Authenticates each request and puts the caller's tenant agent where Veramo's own routers look for it: a stock
 * `AgentRouter` mounted behind it serves each caller in its tenant.
 */
export function RequestWithTenantAgent(options: AuthenticationOptions): RequestHandler {
  return forwardErrors(
    async (request) => {
      const principal = await authenticate(options, request)
      request.principal = principal
      request.agent = tenantAgent(options.agent, principal)
    },
    { last: false },
  )
}
