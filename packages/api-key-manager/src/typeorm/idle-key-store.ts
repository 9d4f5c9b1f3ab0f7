import { changeRows, type Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { ApiKeyRow } from './api-key-row.js'

/** When a key was last used stands in its row and in its usage. Conditions on the alias `row`. */
const usedAfter = (instant: string) =>
  `(COALESCE(row.lastUsedAt, '') > ${instant} OR EXISTS (SELECT 1 FROM "studio_api_key_usage" u ` +
  `WHERE u."tenantId" = row.tenantId AND u."keyId" = row.keyId AND u."lastUsedAt" > ${instant}))`

/** Used, or made, after `:idleSince`. */
export const NOT_IDLE = `(row.createdAt > :idleSince OR ${usedAfter(':idleSince')})`

const LATEST_USE =
  `SELECT k."lastUsedAt" AS "seenAt", (SELECT MAX(u."lastUsedAt") FROM "studio_api_key_usage" u ` +
  `WHERE u."tenantId" = k."tenantId" AND u."keyId" = k."keyId") AS "countedAt" FROM "studio_api_key" k WHERE k."keyId" = ?`
const MARK =
  `UPDATE "studio_api_key" SET "idleWarnedAt" = ? WHERE "tenantId" = ? AND "keyId" = ? AND ` +
  `COALESCE("idleWarnedAt", '') = ?`

/** When a key was last used, as far as that is saved, in milliseconds; 0 where it never was. */
export async function readLatestUseMs(database: Database, keyId: string): Promise<number> {
  const [row] = await database.readRows<{ seenAt: string | null; countedAt: string | null }>(LATEST_USE, [keyId], {
    acrossTenants: true,
  })
  return Math.max(...[row?.seenAt, row?.countedAt].map((use) => (use == null ? 0 : Date.parse(use))))
}

/** Keys that were not used after `warnSince`, have not expired, and were not warned of since they were last used. */
export async function findIdling(
  manager: EntityManager,
  { now, idleSince, warnSince, limit }: { now: string; idleSince: string; warnSince: string; limit: number },
): Promise<ApiKeyRow[]> {
  return manager
    .createQueryBuilder(ApiKeyRow, 'row')
    .where('row.revokedAt IS NULL AND row.replacedBy IS NULL AND row.expiresAt > :now', { now })
    .andWhere(`row.createdAt <= :warnSince AND NOT ${usedAfter(':warnSince')}`, { warnSince })
    .andWhere(NOT_IDLE, { idleSince })
    .andWhere(`(row.idleWarnedAt IS NULL OR ${usedAfter('row.idleWarnedAt')})`)
    .limit(limit)
    .getMany()
}

/** Of several that try at once one succeeds. */
export async function markIdleWarned(
  manager: EntityManager,
  { tenantId, keyId, idleWarnedAt }: ApiKeyRow,
  now: string,
): Promise<boolean> {
  return (await changeRows(manager, MARK, [now, tenantId, keyId, idleWarnedAt ?? ''])) === 1
}
