import type { IAgent } from '@veramo/core-types'
import { isOperatorOnly, isPermitted } from '@veramo-studio/plugin-kit'
import { isTagGenuine, isTokenOf, parseApiKeyToken } from './api-key-token.js'
import type { ApiKeyDependencies } from './dependencies.js'
import { statusOf, toApiKey, toPrincipal } from './describe-api-key.js'
import { findApiKeyToVerify } from './typeorm/api-key-store.js'
import type { ApiKeyDecision, ApiKeyManagerVerifyArgs, ApiKeyPrincipal, ApiKeyVerdict } from './types/IApiKeyManager.js'

/**
 * Costs nothing for a typo, two MACs for a forgery and one indexed read for a token of the service's own making. It
 * reads what is committed, each time: a key is refused from the moment that it was revoked.
 */
export async function verifyApiKey(
  { database, peppers, clock }: ApiKeyDependencies,
  { token, method }: ApiKeyManagerVerifyArgs,
  agent: IAgent,
): Promise<ApiKeyDecision> {
  const parsed = parseApiKeyToken(token)
  if (!parsed.ok) return refused('malformed')
  if (!isTagGenuine(peppers, parsed.parts)) return refused('unknown')
  const { keyId } = parsed.parts
  const row = await findApiKeyToVerify(database, keyId)
  if (row === null || !isTokenOf(peppers, row, token)) return refused('unknown')
  const now = clock.now()
  const status = statusOf(row, now)
  if (status !== 'active') return refused(status)
  const genuine = { apiKey: toApiKey(row, now), principal: toPrincipal(row) }
  if (method !== undefined && !mayCall(genuine.principal, method, agent)) {
    return { ...refused('permission_denied'), ...genuine }
  }
  return { valid: true, code: 'valid', ...genuine }
}

function refused(code: Exclude<ApiKeyVerdict, 'valid'>): ApiKeyDecision {
  return { valid: false, code }
}

/** Operators' methods are out of reach of any customer's key, whatever its permissions. */
function mayCall({ role, permissions }: ApiKeyPrincipal, method: string, agent: IAgent): boolean {
  if (role !== 'operator' && isOperatorOnly(agent.getSchema(), method)) return false
  return isPermitted(permissions, method)
}
