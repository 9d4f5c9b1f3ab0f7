import type { IAgent } from '@veramo/core-types'
import { kitErrors, type Principal } from '@veramo-studio/plugin-kit'
import type { ApiKeyRow } from './typeorm/api-key-row.js'

const BUDGETS_METHOD = 'billingManagerGetKeyBudgets'

/**
 * Whether the calling key has a budget in billing, which no key that it makes may be without. Operators' keys have none.
 * To be asked outside of a write: billing reads for itself.
 */
export async function callerHasBudget(agent: IAgent, principal: Principal | undefined): Promise<boolean> {
  if (principal?.role !== 'customer' || principal.keyId === undefined) return false
  if (!agent.availableMethods().includes(BUDGETS_METHOD)) return false
  const { items } = await agent.execute<object, { items: unknown[] }>(BUDGETS_METHOD, { keyId: principal.keyId })
  return items.length > 0
}

/** Throws `permission_denied` where the key does not draw on the budget of the one that asks. */
export function refuseOtherBudget(calling: ApiKeyRow | undefined, asked: ApiKeyRow): void {
  if (calling === undefined || budgetKeyOf(calling) === budgetKeyOf(asked)) return
  throw kitErrors.permission_denied('the calling key has a budget, and this key does not draw on it')
}

/** The key whose budgets of billing a key draws on. */
export function budgetKeyOf({ keyId, budgetKeyId }: Pick<ApiKeyRow, 'keyId' | 'budgetKeyId'>): string {
  return budgetKeyId ?? keyId
}
