import type { IAgent } from '@veramo/core-types'
import { keyCallsOf } from '@veramo-studio/api-key-manager'
import { kitErrors, type Principal } from '@veramo-studio/plugin-kit'

/**
 * Throws `permission_denied` for a transaction on a network that the calling key must not spend on. Asked before the
 * transaction is sent, whatever the arguments of the call say.
 */
export function assertNetwork(agent: IAgent, principal: Principal, network: string): void {
  const { network: bound, environment } = principal
  if (bound !== undefined && bound !== network) {
    throw kitErrors.permission_denied(`the calling key is bound to the network ${bound}`)
  }
  if (keyCallsOf(agent)?.maySpendOn(principal, network) ?? true) return
  throw kitErrors.permission_denied(`the calling key is of the environment ${environment}, not for ${network}`)
}
