import { ArgumentChecker } from '@veramo-studio/plugin-kit'
import { assertMayCall, tenantAgentErrors } from '@veramo-studio/tenant-agent'
import { Router, type RequestHandler } from 'express'
import type { AuthenticationOptions } from './authenticate.js'
import { remoteServerErrors } from './errors.js'
import { forwardErrors } from './forward-errors.js'
import { sendJson } from './send-json.js'
import { readJsonBody } from './read-json-body.js'
import { requireToken } from './read-credentials.js'
import { RequestWithTenantAgent } from './request-with-tenant-agent.js'

export interface TenantAgentRouterOptions extends AuthenticationOptions {
  /** Agent methods that are served. Each must exist on the agent. */
  exposedMethods: string[]
  /** Largest body that is read. Default 1 MiB. */
  bodyLimitBytes?: number
}

const DEFAULT_BODY_LIMIT_BYTES = 1_048_576

/**
 * Serves agent methods at `POST /<method>`, as Veramo's `AgentRestClient` calls them, each caller in its own tenant.
 * What is wrong with a request is found in the order of its price: credentials in their form, the method's name, the
 * body, then the key, the permission, the arguments.
 */
export function TenantAgentRouter(options: TenantAgentRouterOptions): Router {
  const { agent, exposedMethods, bodyLimitBytes = DEFAULT_BODY_LIMIT_BYTES } = options
  const missing = exposedMethods.filter((method) => !agent.availableMethods().includes(method))
  if (missing.length > 0) throw new Error(`exposedMethods: the agent has no ${missing.join(', ')}`)
  const checker = new ArgumentChecker(agent.getSchema())
  const exposed = new Set(exposedMethods)

  const router = Router()
  router.post(
    '/:method',
    refuseWithoutCredentials,
    refuseUnknown(exposed),
    ...readJsonBody(bodyLimitBytes),
    RequestWithTenantAgent(options),
    forwardErrors(
      async (request, response) => {
        const method = String(request.params['method'])
        // Whoever may not call a method does not learn what it takes.
        if (request.principal !== undefined) assertMayCall(agent, request.principal, method)
        checker.check(method, request.body)
        const result: unknown = await request.agent?.execute(method, request.body)
        sendJson(response, result)
      },
      { last: true },
    ),
  )
  router.all('/:method', refuseOtherVerbs)
  return router
}

const refuseWithoutCredentials: RequestHandler = (request, _response, next) => {
  requireToken(request)
  next()
}

function refuseUnknown(exposed: ReadonlySet<string>): RequestHandler {
  return (request, _response, next) => {
    const method = String(request.params['method'])
    next(exposed.has(method) ? undefined : tenantAgentErrors.method_not_found(`Method not available: ${method}`))
  }
}

const refuseOtherVerbs: RequestHandler = (_request, response, next) => {
  response.set('Allow', 'POST')
  next(remoteServerErrors.http_method_not_allowed('agent methods are called with POST'))
}
