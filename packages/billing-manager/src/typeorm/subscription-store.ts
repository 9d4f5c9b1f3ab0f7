import type { EntityManager } from 'typeorm'
import { change, locking, select } from './sql.js'

/** Which plan a customer is on, since when, and what its periods are counted from. */
export interface Subscription {
  planId: string
  anchorAt: string
  /** When the customer came to the plan. */
  updatedAt: string
  /** The plan that it will be on from `nextPlanAt` on; null where no change is agreed. */
  nextPlanId: string | null
  nextPlanAt: string | null
}

const SELECT_SUBSCRIPTION =
  `SELECT "planId", "anchorAt", "updatedAt", "nextPlanId", "nextPlanAt" FROM "studio_subscription" ` +
  `WHERE "tenantId" = ?`
const INSERT_SUBSCRIPTION =
  `INSERT INTO "studio_subscription" ("tenantId", "planId", "anchorAt", "updatedAt") VALUES (?, ?, ?, ?) ` +
  `ON CONFLICT DO NOTHING`
const UPDATE_SUBSCRIPTION =
  `UPDATE "studio_subscription" SET "planId" = ?, "updatedAt" = ?, "nextPlanId" = ?, "nextPlanAt" = ? ` +
  `WHERE "tenantId" = ? AND "planId" = ? AND "updatedAt" = ?`

export async function readSubscription(manager: EntityManager, tenantId: string): Promise<Subscription | undefined> {
  return (await select<Subscription>(manager, SELECT_SUBSCRIPTION, [tenantId]))[0]
}

/** The same, kept from being changed until the write ends. */
export async function lockSubscription(manager: EntityManager, tenantId: string): Promise<Subscription | undefined> {
  const sql = locking(manager, SELECT_SUBSCRIPTION, 'FOR UPDATE')
  return (await select<Subscription>(manager, sql, [tenantId]))[0]
}

/** Leaves a subscription that is there as it is. */
export async function insertSubscription(
  manager: EntityManager,
  row: Pick<Subscription, 'planId' | 'anchorAt' | 'updatedAt'> & { tenantId: string },
): Promise<void> {
  await change(manager, INSERT_SUBSCRIPTION, [row.tenantId, row.planId, row.anchorAt, row.updatedAt])
}

/** Changes nothing where the customer has come to another plan meanwhile. */
export async function updateSubscription(
  manager: EntityManager,
  { tenantId, before, after }: { tenantId: string; before: Subscription; after: Subscription },
): Promise<void> {
  const { planId, updatedAt, nextPlanId, nextPlanAt } = after
  const parameters = [planId, updatedAt, nextPlanId, nextPlanAt, tenantId, before.planId, before.updatedAt]
  await change(manager, UPDATE_SUBSCRIPTION, parameters)
}
