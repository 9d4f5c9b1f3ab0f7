import { isPostgres, selectRows, type Database, type PagePosition } from '@veramo-studio/plugin-kit'
import { IsNull, type EntityManager } from 'typeorm'
import { isKeyId } from '../api-key-token.js'
import { DATABASE_TIME } from '../shared-clock.js'
import type { ApiKeyEnvironment, ApiKeyStatus } from '../types/IApiKeyManager.js'
import { ApiKeyRow } from './api-key-row.js'
import { NOT_IDLE } from './idle-key-store.js'

/** Which key is meant; with an undefined tenant, the key of whichever tenant has it. */
export interface ApiKeyReference {
  keyId: string
  tenantId: string | undefined
}

export interface ApiKeyPageQuery {
  tenantId: string
  limit: number
  after?: PagePosition
  status?: ApiKeyStatus
  environment?: ApiKeyEnvironment
  /** Part of the name. */
  name?: string
  now: string
  /** As {@link NOT_IDLE} takes it. */
  idleSince: string
}

/** Whose key it is, is what is asked. */
const WHOEVERS = { acrossTenants: true }
const LISTED = { ...WHOEVERS, asLists: true }

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

export type VerifiableRow = Omit<
  ApiKeyRow,
  'revokedReason' | 'replacedBy' | 'expiryWarnedAt' | 'idleWarnedAt' | 'epoch' | 'budgetKeyId'
>

/** What of a key a decision takes, as it was read, and the number of the last change that the reading could see. */
export interface ApiKeyReading {
  row: VerifiableRow | null
  epoch: number
  /** Of the database's clock; Postgres alone. */
  databaseTimeMs: number | undefined
}

/**
 * The key that a token names: one prepared statement, and one moment of the database. Each call of the service passes
 * here, and TypeORM takes longer to build a query than SQLite takes to answer it.
 */
export async function readApiKeyToVerify(database: Database, keyId: string): Promise<ApiKeyReading> {
  const [stored] = await database.readRows<StoredValues>(BY_KEY_ID[database.engine], [keyId], LISTED)
  return toReading(stored)
}

/** The imported key with one of these kept hashes, as {@link readApiKeyToVerify} reads one that is named. */
export async function readImportedToVerify(database: Database, hashes: readonly string[]): Promise<ApiKeyReading> {
  const statement = `${VERIFIED[database.engine]} "hash" IN (${marksOf(hashes)})`
  const [stored] = await database.readRows<StoredValues>(statement, hashes, LISTED)
  return toReading(stored)
}

function toReading(stored: StoredValues | undefined): ApiKeyReading {
  if (stored === undefined) return { row: null, epoch: 0, databaseTimeMs: undefined }
  const [
    tenantId,
    keyId,
    name,
    description,
    environment,
    network,
    hash,
    tokenPrefix,
    pepperVersion,
    enabled,
    permissions,
    rateLimits,
    allowedIps,
    createdAt,
    expiresAt,
    lastUsedAt,
    rotatedFrom,
    revokedAt,
    rootKeyId,
    seenEpoch,
    time,
  ] = stored
  // Member by member: a spread takes longer than the statement.
  const row: VerifiableRow = {
    tenantId,
    keyId,
    name,
    description,
    // One text for all keys.
    environment: environment === 'live' ? 'live' : 'test',
    network,
    hash,
    tokenPrefix,
    pepperVersion,
    enabled: Boolean(enabled),
    permissions: parsed(permissions) ?? ALL_PERMISSIONS,
    rateLimits: parsed(rateLimits) ?? NO_LIMITS,
    allowedIps: parsed(allowedIps) ?? NO_ADDRESSES,
    createdAt,
    expiresAt,
    lastUsedAt,
    rotatedFrom,
    revokedAt,
    rootKeyId,
  }
  return { row, epoch: Number(seenEpoch), databaseTimeMs: time }
}

/** The key with one of these kept hashes. */
export async function findByHash(
  database: Database,
  hashes: readonly string[],
): Promise<{ tenantId: string; keyId: string } | undefined> {
  const statement = `SELECT "tenantId", "keyId" FROM "studio_api_key" WHERE "hash" IN (${marksOf(hashes)}) LIMIT 1`
  return (await database.readRows<{ tenantId: string; keyId: string }>(statement, hashes, WHOEVERS))[0]
}

function marksOf(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}

function parsed<Value>(json: string | null): Value | undefined {
  return json === null ? undefined : (JSON.parse(json) as Value)
}

/** What most keys have, once for all that are kept in memory. */
const ALL_PERMISSIONS = Object.freeze(['*']) as string[]
const NO_LIMITS = Object.freeze([]) as unknown as ApiKeyRow['rateLimits']
const NO_ADDRESSES = Object.freeze([]) as unknown as string[]
const LAST_EPOCH = '(SELECT "epoch" FROM "studio_api_key_epoch" WHERE "id" = 1)'
/** All that a decision takes; null for what most keys have. */
const VERIFIED_COLUMNS =
  `"tenantId", "keyId", "name", "description", "environment", "network", "hash", "tokenPrefix", "pepperVersion", "enabled", ` +
  `NULLIF("permissions", '["*"]') AS "permissions", NULLIF("rateLimits", '[]') AS "rateLimits", ` +
  `NULLIF("allowedIps", '[]') AS "allowedIps", "createdAt", "expiresAt", "lastUsedAt", "rotatedFrom", "revokedAt", ` +
  `"rootKeyId", ${LAST_EPOCH} AS "seenEpoch"`
const VERIFIED = {
  sqlite: `SELECT ${VERIFIED_COLUMNS} FROM "studio_api_key" WHERE`,
  postgres: `SELECT ${VERIFIED_COLUMNS}, ${DATABASE_TIME} AS "time" FROM "studio_api_key" WHERE`,
}
const BY_KEY_ID = { sqlite: `${VERIFIED.sqlite} "keyId" = ?`, postgres: `${VERIFIED.postgres} "keyId" = ?` }

/** The values of these columns, as both drivers read them, but for the flag: SQLite has 0 and 1. */
type StoredValues = [
  ...[tenantId: string, keyId: string, name: string, description: string | null, environment: string],
  ...[
    network: string | null,
    hash: string,
    tokenPrefix: string | null,
    pepperVersion: number,
    enabled: boolean | 0 | 1,
  ],
  ...[permissions: string | null, rateLimits: string | null, allowedIps: string | null, createdAt: string],
  ...[expiresAt: string, lastUsedAt: string | null, rotatedFrom: string | null, revokedAt: string | null],
  ...[rootKeyId: string | null, seenEpoch: number | string, time?: number],
]

const NEXT_EPOCH = `UPDATE "studio_api_key_epoch" SET "epoch" = "epoch" + 1 WHERE "id" = 1`
const SET_EPOCH = `UPDATE "studio_api_key" SET "epoch" = ${LAST_EPOCH} WHERE "tenantId" = ? AND "keyId" = ?`

/**
 * Lets other processes know that a key was changed. Last in its write: from here to the commit, whoever else changes a key
 * waits, so that the numbers become visible in their order.
 */
export async function announceChange(manager: EntityManager, { tenantId, keyId }: ApiKeyRow): Promise<void> {
  await selectRows(manager, NEXT_EPOCH, [])
  await selectRows(manager, SET_EPOCH, [tenantId, keyId])
}

/** Reads a key in a write, and keeps others from changing it until that write ends. */
export async function holdApiKey(
  manager: EntityManager,
  { keyId, tenantId }: ApiKeyReference,
): Promise<ApiKeyRow | null> {
  if (!isKeyId(keyId)) return null
  const where = tenantId === undefined ? { keyId } : { tenantId, keyId }
  // On SQLite a write has the file to itself, and TypeORM refuses a lock.
  return manager.findOne(ApiKeyRow, { where, ...(isPostgres(manager) && { lock: { mode: 'pessimistic_write' } }) })
}

/** The keys of a tenant that are not revoked, held as {@link holdApiKey} holds one. */
export async function holdUnrevokedKeys(manager: EntityManager, tenantId: string): Promise<ApiKeyRow[]> {
  const where = { tenantId, revokedAt: IsNull() }
  return manager.find(ApiKeyRow, { where, ...(isPostgres(manager) && { lock: { mode: 'pessimistic_write' } }) })
}

/** A page of a tenant's keys, oldest first, and one row more where there is a next page. */
export async function findApiKeyPage(manager: EntityManager, query: ApiKeyPageQuery): Promise<ApiKeyRow[]> {
  const { tenantId, limit, after, environment, name } = query
  const builder = manager
    .createQueryBuilder(ApiKeyRow, 'row')
    .where('row.tenantId = :tenantId', { tenantId })
    .orderBy('row.createdAt', 'ASC')
    .addOrderBy('row.keyId', 'ASC')
    .limit(limit + 1)
  if (after !== undefined) builder.andWhere('(row.createdAt, row.keyId) > (:createdAt, :id)', { ...after })
  if (environment !== undefined) builder.andWhere('row.environment = :environment', { environment })
  if (name !== undefined) {
    const pattern = `%${name.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
    builder.andWhere(`LOWER(row.name) LIKE :pattern ESCAPE '\\'`, { pattern })
  }
  if (query.status !== undefined) {
    builder.andWhere(STATUS_CONDITIONS[query.status], {
      ...{ now: query.now, idleSince: query.idleSince, enabled: query.status === 'active' },
    })
  }
  return builder.getMany()
}

const UNEXPIRED = `(row.expiresAt > :now AND ${NOT_IDLE})`
const STATUS_CONDITIONS: Record<ApiKeyStatus, string> = {
  revoked: 'row.revokedAt IS NOT NULL',
  expired: `row.revokedAt IS NULL AND NOT ${UNEXPIRED}`,
  disabled: `row.revokedAt IS NULL AND ${UNEXPIRED} AND row.enabled = :enabled`,
  active: `row.revokedAt IS NULL AND ${UNEXPIRED} AND row.enabled = :enabled`,
}

/** What of a key can be changed. */
export type ApiKeyChange = Partial<
  Pick<
    ApiKeyRow,
    | 'name'
    | 'description'
    | 'enabled'
    | 'network'
    | 'permissions'
    | 'expiresAt'
    | 'rateLimits'
    | 'allowedIps'
    | 'replacedBy'
    | 'expiryWarnedAt'
    | 'revokedAt'
    | 'revokedReason'
  >
>

/** Changes a key unless it is revoked. Of several that revoke or replace it at once one succeeds. */
export async function changeApiKey(
  manager: EntityManager,
  { tenantId, keyId }: ApiKeyRow,
  change: ApiKeyChange,
): Promise<boolean> {
  const unreplaced = change.replacedBy === undefined ? {} : { replacedBy: IsNull() }
  const { affected } = await manager.update(ApiKeyRow, { tenantId, keyId, revokedAt: IsNull(), ...unreplaced }, change)
  return affected === 1
}

/** Keys that end before an instant, and have not been warned of. Keys that were replaced end as they should. */
export async function findExpiring(
  manager: EntityManager,
  { now, until, limit }: { now: string; until: string; limit: number },
): Promise<ApiKeyRow[]> {
  return manager
    .createQueryBuilder(ApiKeyRow, 'row')
    .where('row.expiryWarnedAt IS NULL AND row.revokedAt IS NULL AND row.replacedBy IS NULL')
    .andWhere('row.expiresAt > :now AND row.expiresAt <= :until', { now, until })
    .limit(limit)
    .getMany()
}

/** Of several that try at once one succeeds. */
export async function markExpiryWarned(
  manager: EntityManager,
  { tenantId, keyId }: ApiKeyRow,
  expiryWarnedAt: string,
): Promise<boolean> {
  const { affected } = await manager.update(
    ApiKeyRow,
    { tenantId, keyId, expiryWarnedAt: IsNull() },
    { expiryWarnedAt },
  )
  return affected === 1
}
