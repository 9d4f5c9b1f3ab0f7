import { changeRows, selectRows, type Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'

/** A key that was revoked or has expired. */
export interface EndedKey {
  tenantId: string
  keyId: string
  /** The first key of its chain of rotations; null where it is the first itself. */
  rootKeyId: string | null
}

const REVOKED = '"revokedAt" < ?'
const EXPIRED = '"revokedAt" IS NULL AND "expiresAt" < ?'
const COLUMNS = 'SELECT "tenantId", "keyId", "rootKeyId" FROM "studio_api_key" WHERE'
/** Each half has an index of its own. */
const FIND = [REVOKED, EXPIRED].map((condition) => `${COLUMNS} ${condition} LIMIT ?`)
const DELETE_KEY = `DELETE FROM "studio_api_key" WHERE "tenantId" = ? AND "keyId" = ? AND (${REVOKED} OR (${EXPIRED}))`
const DELETE_USAGE = 'DELETE FROM "studio_api_key_usage" WHERE "tenantId" = ? AND "keyId" = ?'
/** The keys of one chain draw on one budget: it goes with the last of them. */
const DELETE_BUDGET =
  `DELETE FROM "studio_api_key_budget" WHERE "tenantId" = ? AND "budgetId" = ? AND NOT EXISTS ` +
  `(SELECT 1 FROM "studio_api_key" k WHERE k."tenantId" = "studio_api_key_budget"."tenantId" ` +
  `AND (k."keyId" = "studio_api_key_budget"."budgetId" OR k."rootKeyId" = "studio_api_key_budget"."budgetId"))`

/** Keys that ended before an instant, of all tenants, at most so many of those revoked and of those expired. */
export async function findEndedBefore(
  database: Database,
  { before, limit }: { before: string; limit: number },
): Promise<EndedKey[]> {
  const found = await Promise.all(
    FIND.map((statement) => database.readRows<EndedKey>(statement, [before, limit], { acrossTenants: true })),
  )
  // In one order for all processes, so that no two wait for each other.
  return found.flat().sort((one, other) => (one.keyId < other.keyId ? -1 : 1))
}

/** Deletes a key and what hangs on it, unless its end has been put off meanwhile. */
export async function deleteEndedKey(
  manager: EntityManager,
  { tenantId, keyId, rootKeyId }: EndedKey,
  before: string,
): Promise<void> {
  const deleted = await changeRows(manager, DELETE_KEY, [tenantId, keyId, before, before])
  if (deleted === 0) return
  await selectRows(manager, DELETE_USAGE, [tenantId, keyId])
  await selectRows(manager, DELETE_BUDGET, [tenantId, rootKeyId ?? keyId])
}
