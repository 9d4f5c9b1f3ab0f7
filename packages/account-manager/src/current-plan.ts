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

/** The same for several. */
export async function withCurrentPlans(
  plans: PlanDirectory | undefined,
  manager: EntityManager,
  rows: readonly AccountRow[],
): Promise<AccountRow[]> {
  if (plans?.plansOf !== undefined && rows.length > 0) {
    const tenantIds = rows.map(({ tenantId }) => tenantId)
    const current = await plans.plansOf(manager, tenantIds)
    return rows.map((row) => ({ ...row, plan: current.get(row.tenantId) ?? row.plan }))
  }
  const current: AccountRow[] = []
  for (const row of rows) current.push(await withCurrentPlan(plans, manager, row))
  return current
}
