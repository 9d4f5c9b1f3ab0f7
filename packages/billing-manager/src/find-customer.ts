import type { IAgent } from '@veramo/core-types'
import { isStudioError, kitErrors, OPERATOR_TENANT_ID, type Database } from '@veramo-studio/plugin-kit'
import { assertLine } from './check-text.js'
import type { BillingDependencies } from './dependencies.js'
import type { Subscription } from './typeorm/subscription-store.js'
import type { BillingNetwork } from './types/IBillingManager.js'

/** What is needed of the account manager's `Account`. */
interface CustomerAccount {
  plan: string
  createdAt: string
  paymentAccount: Record<BillingNetwork, string>
}

const ACCOUNT_METHOD = 'accountManagerGet'
const MAX_ID_LENGTH = 255

/** The customer that a method is about. Operators are none, and pay nothing. */
export function customerOf(database: Database, named: string | undefined): string {
  const customerId = database.customerId(named)
  assertLine('customerId', customerId, MAX_ID_LENGTH)
  if (customerId === OPERATOR_TENANT_ID) throw kitErrors.not_found('customer not found')
  return customerId
}

/** How a customer starts: as its account says where there are accounts. Rejects with the account manager's `not_found`. */
export async function firstSubscription(
  { clock, defaultPlanId }: BillingDependencies,
  agent: IAgent,
  customerId: string,
): Promise<Subscription> {
  const updatedAt = clock.now().toISOString()
  const agreed = { updatedAt, nextPlanId: null, nextPlanAt: null }
  if (!hasAccounts(agent)) return { planId: defaultPlanId, anchorAt: updatedAt, ...agreed }
  const { plan, createdAt } = await getAccount(agent, customerId)
  return { planId: plan, anchorAt: new Date(createdAt).toISOString(), ...agreed }
}

/** Null where the customer has none. */
export async function topUpAddress(agent: IAgent, customerId: string, network: BillingNetwork): Promise<string | null> {
  if (!hasAccounts(agent)) return null
  try {
    return (await getAccount(agent, customerId)).paymentAccount[network]
  } catch (error) {
    // A customer that is on a plan and has no account has no address either.
    if (isStudioError(error) && error.code === 'not_found') return null
    throw error
  }
}

function hasAccounts(agent: IAgent): boolean {
  return agent.availableMethods().includes(ACCOUNT_METHOD)
}

function getAccount(agent: IAgent, customerId: string): Promise<CustomerAccount> {
  return agent.execute<object, CustomerAccount>(ACCOUNT_METHOD, { customerId })
}
