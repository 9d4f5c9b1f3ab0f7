import type { IAgent } from '@veramo/core-types'
import type { EntityManager } from 'typeorm'
import { unitAsset } from './account-codes.js'
import type { BillingDependencies } from './dependencies.js'
import { customerOf } from './find-customer.js'
import { countedAccounts, toMeterUsage } from './meter-usage.js'
import { findSubscription, readAgreement } from './read-agreement.js'
import { readGrantedByMeter } from './typeorm/allowance-store.js'
import type { Subscription } from './typeorm/subscription-store.js'
import type { BillingManagerGetUsageArgs, BillingUsage } from './types/IBillingManager.js'

/** Writes nothing, also where nothing has been used yet. */
export async function getUsage(
  deps: BillingDependencies,
  args: BillingManagerGetUsageArgs,
  agent: IAgent,
): Promise<BillingUsage> {
  const tenantId = customerOf(deps.database, args.customerId)
  const subscription = await findSubscription(deps, agent, tenantId)
  return deps.database.read((manager) => readUsage(deps, manager, { tenantId, subscription }))
}

async function readUsage(
  deps: BillingDependencies,
  manager: EntityManager,
  { tenantId, subscription }: { tenantId: string; subscription: Subscription },
): Promise<BillingUsage> {
  const { plan, period } = await readAgreement(deps, manager, subscription)
  const granted = await readGrantedByMeter(manager, { tenantId, periodStart: period.start })
  // One statement, so that the counts of a meter belong together.
  const accounts = await deps.ledger.balances(manager, tenantId)
  const balances = new Map(accounts.map(({ code, asset, balance }) => [`${code}\n${asset}`, balance]))
  const meters = plan.meters.map((terms) => {
    const { meter } = terms
    const codes = countedAccounts({ meter, periodStart: period.start })
    const balanceOf = (code: string) => balances.get(`${code}\n${unitAsset(meter)}`) ?? 0n
    return toMeterUsage(terms, period, {
      granted: granted.get(meter) ?? 0n,
      allowance: balanceOf(codes.allowance),
      used: balanceOf(codes.used),
      held: balanceOf(codes.held),
    })
  })
  return { plan: plan.planId, period: { start: period.start, end: period.end }, meters }
}
