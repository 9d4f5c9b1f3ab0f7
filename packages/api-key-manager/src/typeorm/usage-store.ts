import { selectRows, type Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'

/** Calls that were counted in memory. */
export interface CountedCalls {
  tenantId: string
  keyId: string
  /** When the hour began. */
  start: string
  method: string
  outcome: string
  count: number
  lastUsedAt: string | null
}

export interface UsageQuery {
  tenantId: string
  keyId: string
  from: string
  to: string
  /** How many characters of `start` make a day or an hour. */
  precision: number
  limit: number
}

/** ISO 8601 texts of one form: the later one is the greater. Null where there is none. */
const LATER = (one: string, other: string) =>
  `CASE WHEN ${one} IS NULL OR ${other} > ${one} THEN COALESCE(${other}, ${one}) ELSE ${one} END`

const ADD =
  `INSERT INTO "studio_api_key_usage" ("tenantId", "keyId", "start", "method", "outcome", "count", "lastUsedAt") ` +
  `VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT ("tenantId", "keyId", "start", "method", "outcome") DO UPDATE SET ` +
  `"count" = "studio_api_key_usage"."count" + EXCLUDED."count", ` +
  `"lastUsedAt" = ${LATER('"studio_api_key_usage"."lastUsedAt"', 'EXCLUDED."lastUsedAt"')}`
const TOUCH =
  `UPDATE "studio_api_key" SET "lastUsedAt" = ? ` +
  `WHERE "tenantId" = ? AND "keyId" = ? AND ("lastUsedAt" IS NULL OR "lastUsedAt" < ?)`
const SUMS =
  `SELECT substr("start", 1, ?) AS "start", "method", "outcome", SUM("count") AS "count" FROM "studio_api_key_usage" ` +
  `WHERE "tenantId" = ? AND "keyId" = ? AND "start" >= ? AND "start" < ? GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT ?`
const LATEST =
  `SELECT "keyId", MAX("lastUsedAt") AS "lastUsedAt" FROM "studio_api_key_usage" ` +
  `WHERE "tenantId" = ? AND "lastUsedAt" IS NOT NULL AND "keyId" IN `
const KEEP_LATEST =
  `UPDATE "studio_api_key" SET "lastUsedAt" = (SELECT MAX(u."lastUsedAt") FROM "studio_api_key_usage" u ` +
  `WHERE u."tenantId" = "studio_api_key"."tenantId" AND u."keyId" = "studio_api_key"."keyId") ` +
  `WHERE EXISTS (SELECT 1 FROM "studio_api_key_usage" u WHERE u."tenantId" = "studio_api_key"."tenantId" ` +
  `AND u."keyId" = "studio_api_key"."keyId" AND u."start" < ? ` +
  `AND ("studio_api_key"."lastUsedAt" IS NULL OR u."lastUsedAt" > "studio_api_key"."lastUsedAt"))`
const FORGET = `DELETE FROM "studio_api_key_usage" WHERE "start" < ?`

export async function addUsage(manager: EntityManager, calls: CountedCalls): Promise<void> {
  const { tenantId, keyId, start, method, outcome, count, lastUsedAt } = calls
  await selectRows(manager, ADD, [tenantId, keyId, start, method, outcome, count, lastUsedAt])
}

/** For a key that was used without a method being counted. */
export async function touchApiKey(
  manager: EntityManager,
  { tenantId, keyId, lastUsedAt }: { tenantId: string; keyId: string; lastUsedAt: string },
): Promise<void> {
  await selectRows(manager, TOUCH, [lastUsedAt, tenantId, keyId, lastUsedAt])
}

export async function sumUsage(
  database: Database,
  { tenantId, keyId, from, to, precision, limit }: UsageQuery,
): Promise<{ start: string; method: string; outcome: string; count: number | string }[]> {
  return database.read((manager) => selectRows(manager, SUMS, [precision, tenantId, keyId, from, to, limit]), {
    tenantId,
  })
}

/** When each of some keys was last used, as far as that stands in their usage. */
export async function latestUses(
  manager: EntityManager,
  tenantId: string,
  keyIds: readonly string[],
): Promise<Map<string, string>> {
  if (keyIds.length === 0) return new Map()
  const marks = keyIds.map(() => '?').join(', ')
  const rows = await selectRows<{ keyId: string; lastUsedAt: string }>(
    manager,
    `${LATEST} (${marks}) GROUP BY "keyId"`,
    [tenantId, ...keyIds],
  )
  return new Map(rows.map(({ keyId, lastUsedAt }) => [keyId, lastUsedAt]))
}

/** Forgets what was used before an hour, but not when a key was last used. */
export async function forgetUsageBefore(manager: EntityManager, start: string): Promise<void> {
  await selectRows(manager, KEEP_LATEST, [start])
  await selectRows(manager, FORGET, [start])
}
