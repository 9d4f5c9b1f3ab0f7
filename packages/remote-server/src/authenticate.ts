import type { IAgent, IPluginMethodMap } from '@veramo/core-types'
import type { Clock, Database, Principal } from '@veramo-studio/plugin-kit'
import type { ApiKeyDecision, ApiKeyManagerVerifyArgs } from '@veramo-studio/api-key-manager'
import { actForCustomer } from './act-for-customer.js'
import { addressOf, type Caller } from './caller.js'
import { remoteServerErrors } from './errors.js'

export interface AuthenticationOptions {
  /** An agent with the methods of `ApiKeyManager` and, for `x-customer-id`, of `AccountManager`. */
  agent: IAgent
  /** Where it is written down that an operator acted for a customer. */
  database: Database
  /** Default: the system's. */
  clock?: Clock
}

/**
 * Finds out who calls. Rejects with `credentials_invalid` for any token that is not that of a usable key: why not,
 * nobody is told.
 *
 * @param token as `requireToken` found it
 */
export async function authenticate(options: AuthenticationOptions, caller: Caller, token: string): Promise<Principal> {
  const ip = addressOf(caller)
  const decision = await verify(options.agent, { token, ...(ip && { ip }) })
  if (!decision.valid || decision.principal === undefined) {
    throw remoteServerErrors.credentials_invalid('the API key is not valid')
  }
  return actForCustomer(options, decision.principal, caller)
}

const VERIFY_METHOD = 'apiKeyManagerVerify'

/** Calls the plugin itself: on each request Veramo's `execute` would make two debuggers that must not print anyway. */
function verify(agent: IAgent, args: ApiKeyManagerVerifyArgs): Promise<ApiKeyDecision> {
  const { methods } = agent as IAgent & { methods?: IPluginMethodMap }
  const method = methods?.[VERIFY_METHOD]
  return method === undefined
    ? agent.execute(VERIFY_METHOD, args)
    : (method(args, { agent }) as Promise<ApiKeyDecision>)
}
