import type { Database, PagePosition } from '@veramo-studio/plugin-kit'
import { IsNull, type EntityManager } from 'typeorm'
import { isKeyId } from '../api-key-token.js'
import { ApiKeyRow } from './api-key-row.js'

/** Which key is meant; with an undefined tenant, the key of whichever tenant has it. */
export interface ApiKeyReference {
  keyId: string
  tenantId: string | undefined
}

export interface ApiKeyPageQuery {
  tenantId: string
  limit: number
  after?: PagePosition
}

/** Leaves the row as it is: TypeORM would write the columns that have a default back to it, JSON as text. */
export async function insertApiKey(manager: EntityManager, row: ApiKeyRow): Promise<void> {
  await manager.createQueryBuilder().insert().into(ApiKeyRow).values(row).updateEntity(false).execute()
}

/** One indexed read; none for a text that cannot be a key id. */
export async function findApiKey(
  manager: EntityManager,
  { keyId, tenantId }: ApiKeyReference,
): Promise<ApiKeyRow | null> {
  if (!isKeyId(keyId)) return null
  // TypeORM takes a condition that is undefined for no condition: said here, not left to that.
  return manager.findOneBy(ApiKeyRow, tenantId === undefined ? { keyId } : { tenantId, keyId })
}

/**
 * The key that a token names: one prepared statement. Each call of the service passes here, and TypeORM takes longer to
 * build a query than SQLite takes to answer it.
 */
export async function findApiKeyToVerify(database: Database, keyId: string): Promise<ApiKeyRow | null> {
  const [row] = await database.readRows<StoredRow>(BY_KEY_ID, [keyId])
  if (row === undefined) return null
  const { enabled, permissions, rateLimits, allowedIps } = row
  return {
    ...row,
    enabled: Boolean(enabled),
    permissions: JSON.parse(permissions) as string[],
    rateLimits: JSON.parse(rateLimits) as ApiKeyRow['rateLimits'],
    allowedIps: JSON.parse(allowedIps) as string[],
  }
}

const BY_KEY_ID = 'SELECT * FROM studio_api_key WHERE "keyId" = ?'

/** A row as both drivers read it, but for the flag: SQLite has 0 and 1. */
type StoredRow = Omit<ApiKeyRow, 'enabled' | 'permissions' | 'rateLimits' | 'allowedIps'> & {
  enabled: boolean | 0 | 1
  permissions: string
  rateLimits: string
  allowedIps: string
}

/** Reads a key in a write, and keeps it from being changed by another process until that write ends. */
export async function findAndHoldApiKey(manager: EntityManager, keyId: string): Promise<ApiKeyRow | null> {
  if (!isKeyId(keyId)) return null
  // On SQLite a write has the file to itself, and TypeORM refuses a lock.
  if (manager.connection.options.type !== 'postgres') return manager.findOneBy(ApiKeyRow, { keyId })
  return manager.findOne(ApiKeyRow, { where: { keyId }, lock: { mode: 'pessimistic_read' } })
}

/** A page of a tenant's keys, oldest first, and one row more where there is a next page. */
export async function findApiKeyPage(manager: EntityManager, query: ApiKeyPageQuery): Promise<ApiKeyRow[]> {
  const { tenantId, limit, after } = query
  const builder = manager
    .createQueryBuilder(ApiKeyRow, 'row')
    .where('row.tenantId = :tenantId', { tenantId })
    .orderBy('row.createdAt', 'ASC')
    .addOrderBy('row.keyId', 'ASC')
    .limit(limit + 1)
  if (after !== undefined) builder.andWhere('(row.createdAt, row.keyId) > (:createdAt, :id)', { ...after })
  return builder.getMany()
}

/** Marks all keys of a tenant that are not, and tells how many those were. */
export async function revokeAllKeys(
  manager: EntityManager,
  tenantId: string,
  mark: { revokedAt: string; revokedReason: string | null },
): Promise<number> {
  const { affected } = await manager.update(ApiKeyRow, { tenantId, revokedAt: IsNull() }, mark)
  return affected ?? 0
}

/** Marks a key as revoked unless it is. Of several that try at once one succeeds. */
export async function markRevoked(
  manager: EntityManager,
  { tenantId, keyId }: ApiKeyRow,
  mark: { revokedAt: string; revokedReason: string | null },
): Promise<boolean> {
  const { affected } = await manager.update(ApiKeyRow, { tenantId, keyId, revokedAt: IsNull() }, mark)
  return affected === 1
}
