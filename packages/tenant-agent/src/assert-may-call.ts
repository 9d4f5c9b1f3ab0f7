import type { IAgent } from '@veramo/core-types'
import { kitErrors, type Principal } from '@veramo-studio/plugin-kit'
import { countDenied } from './admit-call.js'
import { decideAccess } from './decide-access.js'
import { tenantAgentErrors } from './errors.js'

/** Throws `method_not_found`, or `permission_denied` with the `permission` that is missing. */
export function assertMayCall(agent: IAgent, principal: Principal, method: string): void {
  const decision = decideAccess(agent, principal, method)
  if (decision.allowed) return
  if (decision.reason === 'unknown_method') throw tenantAgentErrors.method_not_found(`Method not available: ${method}`)
  if (decision.reason === 'not_permitted' && isOwnEnd(principal, method)) return
  countDenied(agent, principal, method)
  const detail =
    decision.reason === 'operator_only'
      ? `${method} is a method for operators`
      : `the key does not have the permission ${method}`
  throw kitErrors.permission_denied(detail, { extensions: { permission: method } })
}

/** Whoever holds a token may end it, whatever else it may do: the plugin looks whose key is named. */
function isOwnEnd({ keyId }: Principal, method: string): boolean {
  return keyId !== undefined && method === 'apiKeyManagerRevoke'
}
