import type { IAgent } from '@veramo/core-types'
import { isOperatorOnly, isPermitted, type Principal } from '@veramo-studio/plugin-kit'

export type AccessDecision =
  { allowed: true } | { allowed: false; reason: 'unknown_method' | 'operator_only' | 'not_permitted' }

/** Decides whether a principal may call a method. Pure; operators' methods are out of reach of any customer's key. */
export function decideAccess(agent: IAgent, principal: Principal, method: string): AccessDecision {
  if (!hasMethod(agent, method)) return { allowed: false, reason: 'unknown_method' }
  if (principal.role !== 'operator' && isOperatorOnly(agent.getSchema(), method)) {
    return { allowed: false, reason: 'operator_only' }
  }
  return isPermitted(principal.permissions, method) ? { allowed: true } : { allowed: false, reason: 'not_permitted' }
}

/** An agent's methods are those of its plugins, which it has from the start. */
const known = new WeakMap<IAgent, ReadonlySet<string>>()

export function hasMethod(agent: IAgent, method: string): boolean {
  let methods = known.get(agent)
  if (methods === undefined) {
    methods = new Set(agent.availableMethods())
    known.set(agent, methods)
  }
  return methods.has(method)
}
