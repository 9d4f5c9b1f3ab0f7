import { isPermitted, kitErrors, randomString, systemClock, type Principal } from '@veramo-studio/plugin-kit'
import type { AuthenticationOptions } from './authenticate.js'
import type { Caller } from './caller.js'
import { remoteServerErrors } from './errors.js'
import { headerValues } from './header-values.js'
import { OperatorAction } from './typeorm/operator-action.js'

/** The permission that an operator's key needs to act for a customer. */
export const ACT_FOR = 'actFor'

/**
 * Lets an operator act for the customer that `x-customer-id` names: the principal that comes back runs in that
 * customer's tenant. Written down before anything runs, with both ids. Without the header, the principal is unchanged.
 */
export async function actForCustomer(
  { agent, database, clock = systemClock }: AuthenticationOptions,
  principal: Principal,
  { request, path, body }: Caller,
): Promise<Principal> {
  const named = headerValues(request, 'x-customer-id')
  if (named.length === 0) return principal
  assertMayAct(principal)
  const [customerId, ...others] = named
  if (!customerId || others.length > 0) throw kitErrors.invalid_argument('x-customer-id must name one customer')
  const argsCustomerId = (body as { customerId?: unknown } | undefined)?.customerId
  if (argsCustomerId !== undefined && argsCustomerId !== customerId) {
    throw remoteServerErrors.customer_mismatch('x-customer-id and customerId must be the same')
  }
  await agent.execute('accountManagerGet', { customerId })
  await database.write(
    (manager) =>
      manager.insert(OperatorAction, {
        tenantId: customerId,
        actionId: randomString(20),
        operatorKeyId: principal.keyId ?? '',
        operation: `${request.method} ${path}`,
        createdAt: clock.now().toISOString(),
      }),
    { tenantId: customerId },
  )
  return { ...principal, tenantId: customerId }
}

function assertMayAct(principal: Principal): void {
  if (principal.role === 'operator' && isPermitted(principal.permissions, ACT_FOR)) return
  throw kitErrors.permission_denied('acting for a customer is for operators with the permission actFor', {
    extensions: { permission: ACT_FOR },
  })
}
