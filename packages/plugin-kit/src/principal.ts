/** `live` pays from mainnet balances, `test` from testnet's. */
export type Environment = 'live' | 'test'

export type Role = 'customer' | 'operator'

/** Who is calling. */
export interface Principal {
  /** The tenant that the call runs in. For an operator: {@link OPERATOR_TENANT_ID}, or the customer it acts for. */
  tenantId: string
  role: Role
  /** The API key that authenticated the call, where one did. */
  keyId?: string
  /** The first key of the chain of rotations that `keyId` ends, where it has been rotated: budgets of a key go by it. */
  rootKeyId?: string
  /** Agent methods that may be called: exact names, `didManager*`, or `*`. */
  permissions: string[]
  environment: Environment
  /** The only network that may be spent on, where the key is bound to one. */
  network?: string
}

/**
 * The reserved customer that operators' own keys belong to. It has no account and no data: an operator who does not
 * act for a customer has no tenant, and methods that touch tenant data answer `tenant_required`.
 */
export const OPERATOR_TENANT_ID = 'operator'

/** Whether an operator is acting for a customer. */
export function isActingFor(principal: Principal): boolean {
  return principal.role === 'operator' && principal.tenantId !== OPERATOR_TENANT_ID
}

/** Whether one pattern (`*`, `didManager*` or an exact name) allows everything that another one allows. */
export function patternCovers(pattern: string, requested: string): boolean {
  if (pattern === requested) return true
  return pattern.endsWith('*') && requested.startsWith(pattern.slice(0, -1))
}

export function isPermitted(permissions: readonly string[], method: string): boolean {
  return permissions.some((pattern) => patternCovers(pattern, method))
}
