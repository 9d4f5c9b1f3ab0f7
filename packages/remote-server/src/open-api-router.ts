import { isOperatorOnly } from '@veramo-studio/plugin-kit'
import { getOpenApiSchema } from '@veramo/remote-client'
import { Router, type Request } from 'express'
import { tenantAgent } from '@veramo-studio/tenant-agent'
import { authenticate, type AuthenticationOptions } from './authenticate.js'
import { callerOf } from './caller.js'
import { forwardErrors } from './forward-errors.js'
import { readToken, requireToken, tokenPrefixesOf } from './read-credentials.js'

export interface OpenApiRouterOptions extends AuthenticationOptions {
  exposedMethods: string[]
  /** Where clients reach the service, without a slash at the end. */
  baseUrl: string
  /** Where the methods are mounted. Default `/agent`. */
  basePath?: string
  /** Default `veramo-studio`. */
  name?: string
  version?: string
}

/**
 * `GET /`: an OpenAPI 3.0 description of the methods. With a key, of those that this key may call; without one, of
 * those that are for customers.
 */
export function OpenApiRouter(options: OpenApiRouterOptions): Router {
  const { agent, baseUrl, basePath = '/agent', name = 'veramo-studio', version = '' } = options
  const router = Router()
  router.get(
    '/',
    forwardErrors(
      async (request, response) => {
        const document = getOpenApiSchema(agent, '', await visibleMethods(options, request), name, version)
        for (const path of Object.values(document.paths)) describeErrors(path as PathItem)
        document.servers = [{ url: baseUrl + basePath }]
        document.components = { ...document.components, securitySchemes: SECURITY_SCHEMES }
        document.components.schemas = { ...document.components.schemas, Problem: PROBLEM_SCHEMA }
        document.security = Object.keys(SECURITY_SCHEMES).map((scheme) => ({ [scheme]: [] }))
        response.json(document)
      },
      { last: true },
    ),
  )
  return router
}

async function visibleMethods(options: OpenApiRouterOptions, request: Request): Promise<string[]> {
  const { agent, exposedMethods } = options
  const schema = agent.getSchema()
  const described = exposedMethods.filter((method) => method in (schema.components.methods as object))
  const prefixes = tokenPrefixesOf(agent)
  if (readToken(request, prefixes) === undefined) return described.filter((method) => !isOperatorOnly(schema, method))
  const principal = await authenticate(options, callerOf(request), requireToken(request, prefixes))
  const own = tenantAgent(agent, principal).availableMethods()
  return described.filter((method) => own.includes(method))
}

interface PathItem {
  post: { responses: Record<string, unknown> }
}

/** Every error of every method has the one shape. */
function describeErrors({ post }: PathItem): void {
  delete post.responses['400']
  post.responses['default'] = {
    description: 'What went wrong (RFC 9457)',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  }
}

const SECURITY_SCHEMES = {
  apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
  bearer: { type: 'http', scheme: 'bearer' },
} as const

const PROBLEM_SCHEMA = {
  type: 'object' as const,
  required: ['type', 'title', 'status', 'code', 'detail', 'error', 'instance'],
  properties: {
    type: { type: 'string' as const },
    title: { type: 'string' as const },
    status: { type: 'integer' as const },
    code: { type: 'string' as const },
    detail: { type: 'string' as const },
    error: { type: 'string' as const },
    instance: { type: 'string' as const },
  },
}
