import type { IAgent } from '@veramo/core-types'
import { OPERATOR_TENANT_ID, runAsPrincipal, type Principal } from '@veramo-studio/plugin-kit'
import { decideAccess, hasMethod } from './decide-access.js'
import { tenantAgentErrors } from './errors.js'
import { executeForPrincipal, type TenantAgentOptions } from './execute-for-principal.js'

/**
 * Binds an agent to one principal. The result is a Veramo agent like any other: `execute`, each method by its name,
 * `availableMethods` (those that the principal may call), `getSchema` and `emit`. Stock routers and plugins take it
 * unchanged. Each call is authorised and runs in the principal's tenant; what plugins call in turn runs there too.
 *
 * Where the agent has a billing manager, a call that costs something is reserved before and settled after; one that fails
 * is free. With an `idempotencyKey`, a call that is repeated gets the first answer and costs once.
 *
 * Calls reject with `method_not_found` (404), `permission_denied` (403, naming the `permission`), `limit_exhausted` (402,
 * with `meter`, `price` and `topUp`), `rate_limited` (429, with `retryAfterMs` and `rateLimits`), `idempotency_running`, `answer_lost` and `answer_withheld` (409),
 * `idempotency_mismatch` (422), `store_unavailable` (503), and whatever the method itself rejects with. Throws `principal_invalid` for a principal that cannot be one.
 */
export function tenantAgent<Agent extends IAgent>(
  agent: Agent,
  principal: Principal,
  options: TenantAgentOptions = {},
): Agent {
  assertPrincipal(principal)
  const bound: IAgent = {
    execute: <Args, Result>(method: string, args: Args) =>
      executeForPrincipal(agent, principal, { ...options, method, args }) as Promise<Result>,
    availableMethods: () => agent.availableMethods().filter((method) => decideAccess(agent, principal, method).allowed),
    getSchema: () => agent.getSchema(),
    emit: (eventType: string, data: unknown) => runAsPrincipal(principal, () => agent.emit(eventType, data)),
  }
  return new Proxy(bound, {
    get: (target, property) => {
      if (typeof property !== 'string' || property in target) return Reflect.get(target, property) as unknown
      return hasMethod(agent, property) ? (args: unknown) => bound.execute(property, args) : undefined
    },
  }) as Agent
}

function assertPrincipal({ tenantId, role, permissions }: Principal): void {
  if (typeof tenantId !== 'string' || tenantId === '') throw tenantAgentErrors.principal_invalid('tenantId is missing')
  if (role !== 'customer' && role !== 'operator') {
    throw tenantAgentErrors.principal_invalid('role must be customer or operator')
  }
  if (role === 'customer' && tenantId === OPERATOR_TENANT_ID) {
    throw tenantAgentErrors.principal_invalid(`a customer cannot be "${OPERATOR_TENANT_ID}"`)
  }
  if (!Array.isArray(permissions)) throw tenantAgentErrors.principal_invalid('permissions must be a list')
}
