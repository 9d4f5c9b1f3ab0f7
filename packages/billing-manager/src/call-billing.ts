import type { IAgent, IPluginMethod, IPluginMethodMap } from '@veramo/core-types'
import type { BillingManager } from './billing-manager.js'

/** What `tenantAgent` needs to meter a call. */
export type CallBilling = Pick<
  BillingManager,
  'isFree' | 'reserve' | 'settle' | 'void' | 'guardWrite' | 'markBroadcast' | 'leaveOpen' | 'leaveToOutcome'
>

const RESERVE_METHOD = 'billingManagerReserve'
const known = new WeakMap<IPluginMethod, BillingManager>()

/** Lets an agent that has these methods be metered. */
export function offerCallBilling(methods: IPluginMethodMap, billing: BillingManager): void {
  const reserve = methods[RESERVE_METHOD]
  if (reserve !== undefined) known.set(reserve, billing)
}

/** The billing manager among an agent's plugins, itself. Undefined for an agent that has none. */
export function billingManagerOf(agent: IAgent): BillingManager | undefined {
  const { methods } = agent as IAgent & { methods?: IPluginMethodMap }
  const reserve = methods?.[RESERVE_METHOD]
  return reserve && known.get(reserve)
}

/** What meters the calls of an agent: through agent methods a call could not guard its writes. */
export function callBillingOf(agent: IAgent): CallBilling | undefined {
  return billingManagerOf(agent)
}
