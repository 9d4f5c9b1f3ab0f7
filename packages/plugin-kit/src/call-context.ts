import { AsyncLocalStorage } from 'node:async_hooks'
import type { EntityManager } from 'typeorm'
import { kitErrors } from './kit-errors.js'
import { OPERATOR_TENANT_ID, type Principal } from './principal.js'

/** Whose rows the running code may touch. */
export type Scope = { kind: 'tenant'; tenantId: string } | { kind: 'operator' }

/** A call that is paid for; its rows and its payment are tied together by its id. */
export interface MeteredCall {
  /** Carried by each row that the call stores, so that after a crash it can be told whether it did. */
  readonly callId: string
  /** Runs first in each write of the call, and rejects where the call has been given up meanwhile. */
  readonly guardWrite: (manager: EntityManager) => Promise<void>
  /** Makes it durable that the call is about to send a transaction, or rejects where it must not any more. */
  readonly markBroadcast?: (transaction: ChainTransaction) => Promise<void>
}

/** A signed transaction that a call is about to send, and what its fate is looked up by. */
export interface ChainTransaction {
  /** The chain that it is sent to, such as `mainnet` or `testnet`. */
  network: string
  /** As the chain writes it: upper-case hex. */
  txHash: string
  /** The address whose sequence it uses. */
  sender: string
  /** Decimal. Where another transaction has used it, this one can never be executed. */
  sequence: string
  /** Decimal; the last block that may contain it. Null: it may still be executed in any block. */
  timeoutHeight: string | null
  /** Base64; the signed bytes, to be sent again. */
  txBytes: string
}

/** What travels with one call through every plugin, in an AsyncLocalStorage. */
export interface CallContext {
  /** Absent where nobody named a tenant: tenant data is then out of reach. */
  readonly scope?: Scope
  /** Absent for raw code, which is the operator's own. */
  readonly principal?: Principal
  /** Faults of the store during an authenticated call, also those that a plugin swallowed. */
  readonly storeFaults?: Error[]
  /** Present while a metered method runs. */
  readonly meteredCall?: MeteredCall
  /** The write that the running code is part of, of whoever's. */
  readonly runningWrite?: RunningWrite
}

/** One piece of work in its writer's transaction. */
export interface RunningWrite {
  readonly writer: object
  /** False when the work has returned: what it left behind may write again. */
  active: boolean
}

/** The only one: on Node 20 each further one costs something at each promise that anybody makes. */
const storage = new AsyncLocalStorage<CallContext>()

export function currentContext(): CallContext {
  return storage.getStore() ?? {}
}

/** What rows carry that the running call stores; null where no metered call runs. */
export function currentCallId(): string | null {
  return currentContext().meteredCall?.callId ?? null
}

/**
 * To be awaited before a transaction is sent: from then on the transaction decides whether the running metered call is
 * paid for, whatever becomes of this process. Where it rejects, the transaction must not be sent. A call may mark several.
 * Where nothing is metered there is nothing to mark.
 */
export async function markBroadcast(transaction: ChainTransaction): Promise<void> {
  const { meteredCall } = currentContext()
  if (meteredCall === undefined) return
  if (meteredCall.markBroadcast === undefined) {
    throw kitErrors.setting_invalid('this metered call cannot keep track of a transaction')
  }
  await meteredCall.markBroadcast(transaction)
}

/** Runs work for an authenticated caller: in its tenant, or in none where an operator acts for nobody. */
export function runAsPrincipal<T>(principal: Principal, work: () => T, meteredCall?: MeteredCall): T {
  const { role, tenantId } = principal
  const actsForNobody = role === 'operator' && tenantId === OPERATOR_TENANT_ID
  if (!actsForNobody) assertTenantId(tenantId)
  const scope: Scope | undefined = actsForNobody ? undefined : { kind: 'tenant', tenantId }
  const { runningWrite } = currentContext()
  return storage.run({ scope, principal, storeFaults: [], meteredCall, runningWrite }, work)
}

/** Runs a piece of work as part of a write, with all else as it is. */
export function runInWrite<T>(runningWrite: RunningWrite, work: () => T): T {
  return storage.run({ ...currentContext(), runningWrite }, work)
}

/** Runs the operator's own code in a tenant. Nothing is authorised or charged. */
export function runInTenant<T>(tenantId: string, work: () => T): T {
  assertTenantId(tenantId)
  return runRaw({ kind: 'tenant', tenantId }, work)
}

/** Runs the operator's own code across tenants: lists then see the rows of all of them. */
export function runAsOperator<T>(work: () => T): T {
  return runRaw({ kind: 'operator' }, work)
}

/** The operator's own code may serve a part of an authenticated call: its faults and its writes still belong to that. */
function runRaw<T>(scope: Scope, work: () => T): T {
  const { storeFaults, meteredCall, runningWrite } = currentContext()
  return storage.run({ scope, storeFaults, meteredCall, runningWrite }, work)
}

function assertTenantId(tenantId: unknown): asserts tenantId is string {
  if (typeof tenantId !== 'string' || tenantId === '' || tenantId === OPERATOR_TENANT_ID) {
    throw kitErrors.tenant_required('a tenant id must be a non-empty string, and not a reserved one')
  }
}
