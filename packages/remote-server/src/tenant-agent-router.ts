import type { Request, RequestHandler } from 'express'
import { AgentCalls, type AgentCallsOptions } from './agent-calls.js'
import { callerOf } from './caller.js'
import { remoteServerErrors } from './errors.js'

export type TenantAgentRouterOptions = AgentCallsOptions

/** What {@link TenantAgentRouter} makes: a handler for Express, and what answers its calls, for `ServiceApp`. */
export interface TenantAgentHandler extends RequestHandler {
  readonly calls: AgentCalls
}

/**
 * Serves agent methods at `POST /<method>`, as Veramo's `AgentRestClient` calls them, each caller in its own tenant.
 * Named as the `frontDoor` of `ServiceApp` too, it answers most calls before Express sees them.
 */
export function TenantAgentRouter(options: TenantAgentRouterOptions): TenantAgentHandler {
  const calls = new AgentCalls(options)
  const handler: RequestHandler = (request, response, next) => {
    const method = methodOf(request)
    if (method === undefined) return next()
    if (request.method !== 'POST') {
      response.set('Allow', 'POST')
      throw remoteServerErrors.http_method_not_allowed('agent methods are called with POST')
    }
    calls.answer({ ...callerOf(request), response, method }).catch(next)
  }
  return Object.assign(handler, { calls })
}

/** The one segment of the path, in Express's own reading: a slash may follow it. Throws URIError for what is no text. */
function methodOf({ path }: Request): string | undefined {
  const segment = /^\/([^/]+)\/?$/.exec(path)?.[1]
  return segment && decodeURIComponent(segment)
}
