import type { IAgent } from '@veramo/core-types'
import { isOperatorOnly, isPermitted, type Principal } from '@veramo-studio/plugin-kit'

export type AccessDecision =
  { allowed: true } | { allowed: false; reason: 'unknown_method' | 'operator_only' | 'not_permitted' }

/** Decides whether a principal may call a method. Pure; operators' methods are out of reach of any customer's key. */
export function decideAccess(agent: IAgent, principal: Principal, method: string): AccessDecision {
  if (!agent.availableMethods().includes(method)) return { allowed: false, reason: 'unknown_method' }
  if (principal.role !== 'operator' && isOperatorOnly(agent.getSchema(), method)) {
    return { allowed: false, reason: 'operator_only' }
  }
  return isPermitted(principal.permissions, method) ? { allowed: true } : { allowed: false, reason: 'not_permitted' }
}
