import { AsyncLocalStorage } from 'node:async_hooks'
import { kitErrors } from './kit-errors.js'
import { OPERATOR_TENANT_ID, type Principal } from './principal.js'

/** Whose rows the running code may touch. */
export type Scope = { kind: 'tenant'; tenantId: string } | { kind: 'operator' }

/** What travels with one call through every plugin, in an AsyncLocalStorage. */
export interface CallContext {
  /** Absent where nobody named a tenant: tenant data is then out of reach. */
  readonly scope?: Scope
  /** Absent for raw code, which is the operator's own. */
  readonly principal?: Principal
  /** Faults of the store during an authenticated call, also those that a plugin swallowed. */
  readonly storeFaults?: Error[]
}

const storage = new AsyncLocalStorage<CallContext>()

export function currentContext(): CallContext {
  return storage.getStore() ?? {}
}

/** Runs work for an authenticated caller: in its tenant, or in none where an operator acts for nobody. */
export function runAsPrincipal<T>(principal: Principal, work: () => T): T {
  const scope: Scope | undefined =
    principal.tenantId === OPERATOR_TENANT_ID ? undefined : { kind: 'tenant', tenantId: principal.tenantId }
  return storage.run({ scope, principal, storeFaults: [] }, work)
}

/** Runs the operator's own code in a tenant. Nothing is authorised or charged. */
export function runInTenant<T>(tenantId: string, work: () => T): T {
  assertTenantId(tenantId)
  return storage.run({ scope: { kind: 'tenant', tenantId } }, work)
}

/** Runs the operator's own code across tenants: lists then see the rows of all of them. */
export function runAsOperator<T>(work: () => T): T {
  return storage.run({ scope: { kind: 'operator' } }, work)
}

function assertTenantId(tenantId: unknown): asserts tenantId is string {
  if (typeof tenantId !== 'string' || tenantId === '' || tenantId === OPERATOR_TENANT_ID) {
    throw kitErrors.tenant_required('a tenant id must be a non-empty string, and not a reserved one')
  }
}
