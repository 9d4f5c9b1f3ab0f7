import type { IAgent } from '@veramo/core-types'
import type { BillingUsage, MeterUsage } from '@veramo-studio/billing-manager'

export const DID_METER = 'did.create'

/** What the shipped trial gives. */
export const TRIAL_DIDS = 20

export async function usageOf(agent: IAgent, meter = DID_METER): Promise<MeterUsage> {
  const { meters } = await agent.execute<object, BillingUsage>('billingManagerGetUsage', {})
  const found = meters.find((each) => each.meter === meter)
  if (found === undefined) throw new Error(`there is no meter ${meter}`)
  return found
}

/** Uses up the limit, but for some. */
export async function useAllBut(agent: IAgent, left: number): Promise<void> {
  const { remaining } = await usageOf(agent)
  for (let count = remaining; count > left; count -= 1) await agent.execute('didManagerCreate', {})
}
