import type { IAgent } from '@veramo/core-types'
import { callBillingOf, type MeterUsage } from '@veramo-studio/billing-manager'
import {
  currentContext,
  kitErrors,
  OPERATOR_TENANT_ID,
  runAsPrincipal,
  type MeteredCall,
  type Principal,
} from '@veramo-studio/plugin-kit'
import { admitCall, type AdmitOptions } from './admit-call.js'
import { assertMayCall } from './assert-may-call.js'
import { copyOfData } from './copy-of-data.js'
import { runMetered } from './run-metered.js'

export interface AgentCall {
  method: string
  args: unknown
}

export interface TenantAgentOptions extends AdmitOptions {
  /** Makes a metered call that is sent again answer once, and cost once. 1 to 255 characters. */
  idempotencyKey?: string
  /** Told what a metered call has left of its limit, also where it is refused. */
  onUsage?: (usage: MeterUsage) => void
}

/** Methods that act on the method which their arguments name: whoever calls them must be permitted that one too. */
const METHODS_ON_METHODS = ['billingManagerQuote']

/** The path of a call: authorise, reserve what it costs, run it in the principal's tenant, settle. */
export async function executeForPrincipal(
  agent: IAgent,
  principal: Principal,
  { method, args, ...options }: AgentCall & TenantAgentOptions,
): Promise<unknown> {
  assertMayCall(agent, principal, method)
  if (METHODS_ON_METHODS.includes(method)) assertMayCall(agent, principal, namedMethod(args))
  await admitCall(agent, principal, { method, ...options })
  const own = () => (options.idempotencyKey === undefined ? args : copyOfData(args))
  const run = (meteredCall?: MeteredCall) =>
    runAsPrincipal(principal, () => runUnlessFaulty(() => agent.execute<unknown, unknown>(method, own())), meteredCall)
  const billing = callBillingOf(agent)
  // An operator who acts for nobody works for the service itself, and nobody pays.
  if (billing === undefined || billing.isFree(method) || principal.tenantId === OPERATOR_TENANT_ID) return run()
  return runMetered({ agent, billing, principal, method, args, ...options }, run)
}

function namedMethod(args: unknown): string {
  const named = (args as { method?: unknown } | null | undefined)?.method
  if (typeof named !== 'string') throw kitErrors.invalid_argument('method must be the name of a method')
  return named
}

/** A fault of the store fails the call with that fault, whatever the plugins above made of it. */
async function runUnlessFaulty(run: () => Promise<unknown>): Promise<unknown> {
  try {
    const result = await run()
    throwStoreFault()
    return result
  } catch (error) {
    throwStoreFault()
    throw error
  }
}

function throwStoreFault(): void {
  const fault = currentContext().storeFaults?.[0]
  if (fault !== undefined) throw fault
}
