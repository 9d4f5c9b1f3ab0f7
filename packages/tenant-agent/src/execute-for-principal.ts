import type { IAgent } from '@veramo/core-types'
import { currentContext, kitErrors, runAsPrincipal, type Principal } from '@veramo-studio/plugin-kit'
import { decideAccess } from './decide-access.js'
import { tenantAgentErrors } from './errors.js'

export interface AgentCall {
  method: string
  args: unknown
}

/** The path of a call: authorise, then run in the principal's tenant. */
export async function executeForPrincipal(agent: IAgent, principal: Principal, call: AgentCall): Promise<unknown> {
  authorise(agent, principal, call.method)
  return runAsPrincipal(principal, () => runUnlessFaulty(() => agent.execute<unknown, unknown>(call.method, call.args)))
}

function authorise(agent: IAgent, principal: Principal, method: string): void {
  const decision = decideAccess(agent, principal, method)
  if (decision.allowed) return
  if (decision.reason === 'unknown_method') throw tenantAgentErrors.method_not_found(`Method not available: ${method}`)
  const detail =
    decision.reason === 'operator_only'
      ? `${method} is a method for operators`
      : `the key does not have the permission ${method}`
  throw kitErrors.permission_denied(detail, { extensions: { permission: method } })
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
