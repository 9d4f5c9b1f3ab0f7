import type { IAgent } from '@veramo/core-types'
import type { Clock, Database, Principal } from '@veramo-studio/plugin-kit'
import type { ApiKeyDecision, ApiKeyManagerVerifyArgs } from '@veramo-studio/api-key-manager'
import type { Request } from 'express'
import { actForCustomer } from './act-for-customer.js'
import { remoteServerErrors } from './errors.js'
import { requireToken } from './read-credentials.js'

export interface AuthenticationOptions {
  /** An agent with the methods of `ApiKeyManager` and, for `x-customer-id`, of `AccountManager`. */
  agent: IAgent
  /** Where it is written down that an operator acted for a customer. */
  database: Database
  /** Default: the system's. */
  clock?: Clock
}

/**
 * Finds out who calls. Rejects with `credentials_missing`, `credentials_ambiguous`, `credentials_in_query`, and with
 * `credentials_invalid` for any token that is not that of a usable key: why not, nobody is told.
 */
export async function authenticate(options: AuthenticationOptions, request: Request): Promise<Principal> {
  const args: ApiKeyManagerVerifyArgs = { token: requireToken(request), ...(request.ip && { ip: request.ip }) }
  const decision = await options.agent.execute<ApiKeyManagerVerifyArgs, ApiKeyDecision>('apiKeyManagerVerify', args)
  if (!decision.valid || decision.principal === undefined) {
    throw remoteServerErrors.credentials_invalid('the API key is not valid')
  }
  return actForCustomer(options, decision.principal, request)
}
