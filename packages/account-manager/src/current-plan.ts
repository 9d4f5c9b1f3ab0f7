import type { EntityManager } from 'typeorm'
import type { AccountRow } from './typeorm/account-row.js'
import type { PlanDirectory } from './types/PlanDirectory.js'

/** An account with the plan that it is on now, which is not always the one that it was made with. */
export async function withCurrentPlan(
  plans: PlanDirectory | undefined,
  manager: EntityManager,
  row: AccountRow,
): Promise<AccountRow> {
  const plan = await plans?.planOf(manager, row.tenantId)
  return plan === undefined ? row : { ...row, plan }
}
