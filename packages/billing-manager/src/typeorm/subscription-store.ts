import type { EntityManager } from 'typeorm'
import { change, select } from './sql.js'

/** Which plan a customer is on, and what its periods are counted from. */
export interface Subscription {
  planId: string
  anchorAt: string
}

const SELECT_SUBSCRIPTION = `SELECT "planId", "anchorAt" FROM "studio_subscription" WHERE "tenantId" = ?`
const SELECT_PLANS = `SELECT "tenantId", "planId" FROM "studio_subscription" WHERE "tenantId" IN`
/** Bounds the parameters of one statement. */
const MAX_NAMED = 500
const INSERT_SUBSCRIPTION =
  `INSERT INTO "studio_subscription" ("tenantId", "planId", "anchorAt", "updatedAt") VALUES (?, ?, ?, ?) ` +
  `ON CONFLICT DO NOTHING`
const UPDATE_PLAN = `UPDATE "studio_subscription" SET "planId" = ?, "updatedAt" = ? WHERE "tenantId" = ?`

export async function readSubscription(manager: EntityManager, tenantId: string): Promise<Subscription | undefined> {
  return (await select<Subscription>(manager, SELECT_SUBSCRIPTION, [tenantId]))[0]
}

/** The plans of those of these customers that have a subscription. */
export async function readSubscribedPlans(
  manager: EntityManager,
  tenantIds: readonly string[],
): Promise<Map<string, string>> {
  const plans = new Map<string, string>()
  for (let first = 0; first < tenantIds.length; first += MAX_NAMED) {
    const named = tenantIds.slice(first, first + MAX_NAMED)
    const sql = `${SELECT_PLANS} (${named.map(() => '?').join(', ')})`
    const rows = await select<{ tenantId: string; planId: string }>(manager, sql, named)
    for (const { tenantId, planId } of rows) plans.set(tenantId, planId)
  }
  return plans
}

/** Leaves a subscription that is there as it is. */
export async function insertSubscription(
  manager: EntityManager,
  row: Subscription & { tenantId: string; updatedAt: string },
): Promise<void> {
  await change(manager, INSERT_SUBSCRIPTION, [row.tenantId, row.planId, row.anchorAt, row.updatedAt])
}

export async function updateSubscribedPlan(
  manager: EntityManager,
  { tenantId, planId, updatedAt }: { tenantId: string; planId: string; updatedAt: string },
): Promise<void> {
  await change(manager, UPDATE_PLAN, [planId, updatedAt, tenantId])
}
