import type { IncomingMessage, ServerResponse } from 'node:http'
import { ArgumentChecker } from '@veramo-studio/plugin-kit'
import { assertMayCall, tenantAgentErrors } from '@veramo-studio/tenant-agent'
import { agentOf } from './agent-of.js'
import { authenticate, type AuthenticationOptions } from './authenticate.js'
import type { Caller } from './caller.js'
import { requireToken, tokenPrefixesOf } from './read-credentials.js'
import { jsonBodyReader, type ReadJsonBody } from './read-json-body.js'
import { sendJson } from './send-json.js'

export interface AgentCallsOptions extends AuthenticationOptions {
  /** Agent methods that are served. Each must exist on the agent. */
  exposedMethods: string[]
  /** Largest body that is read. Default 1 MiB. */
  bodyLimitBytes?: number
}

/** A request for one method. */
export interface AgentCall extends Omit<Caller, 'body'> {
  request: IncomingMessage
  response: ServerResponse
  method: string
}

const DEFAULT_BODY_LIMIT_BYTES = 1_048_576

/**
 * Answers calls of agent methods, each caller in its own tenant. What is wrong with a request is found in the order of
 * its price: credentials in their form, the method's name, the body, then the key, the permission, the arguments.
 */
export class AgentCalls {
  private readonly exposed: ReadonlySet<string>
  private readonly checker: ArgumentChecker
  private readonly readBody: ReadJsonBody
  private readonly tokenPrefixes: readonly string[]

  constructor(private readonly options: AgentCallsOptions) {
    const { agent, exposedMethods, bodyLimitBytes = DEFAULT_BODY_LIMIT_BYTES } = options
    const missing = exposedMethods.filter((method) => !agent.availableMethods().includes(method))
    if (missing.length > 0) throw new Error(`exposedMethods: the agent has no ${missing.join(', ')}`)
    this.exposed = new Set(exposedMethods)
    this.checker = new ArgumentChecker(agent.getSchema())
    this.tokenPrefixes = tokenPrefixesOf(agent)
    this.readBody = jsonBodyReader(bodyLimitBytes)
  }

  exposes(method: string): boolean {
    return this.exposed.has(method)
  }

  /** Answers a call that succeeds. Rejects, with nothing answered, for one that does not. */
  async answer({ response, method, ...calling }: AgentCall): Promise<void> {
    const { request } = calling
    const token = requireToken(request, this.tokenPrefixes)
    if (!this.exposes(method)) throw tenantAgentErrors.method_not_found(`Method not available: ${method}`)
    const body = await this.readBody(request)
    const principal = await authenticate(this.options, { ...calling, body }, token)
    const agent = agentOf({ ...this.options, request, response, principal })
    // Whoever may not call a method does not learn what it takes.
    assertMayCall(this.options.agent, principal, method)
    this.checker.check(method, body)
    sendJson(response, await agent.execute(method, body))
  }
}
