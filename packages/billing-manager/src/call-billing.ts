import type { IAgent, IPluginMethod } from '@veramo/core-types'
import type { BillingManager } from './billing-manager.js'

/** What `tenantAgent` needs to meter a call. */
export type CallBilling = Pick<BillingManager, 'isFree' | 'reserve' | 'settle' | 'void' | 'guardWrite' | 'leaveOpen'>

const known = new WeakMap<IPluginMethod, CallBilling>()

/** Lets an agent that has this method be metered. */
export function offerCallBilling(method: IPluginMethod, billing: CallBilling): void {
  known.set(method, billing)
}

/**
 * The billing manager among an agent's plugins, itself: through agent methods a call could not guard its writes. Undefined
 * for an agent that has none.
 */
export function callBillingOf(agent: IAgent): CallBilling | undefined {
  const { methods } = agent as IAgent & { methods?: Record<string, IPluginMethod> }
  const reserve = methods?.['billingManagerReserve']
  return reserve && known.get(reserve)
}
