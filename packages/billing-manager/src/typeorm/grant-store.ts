import type { PagePosition } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { change, columnsAndParameters, select } from './sql.js'

export interface GrantRow {
  tenantId: string
  grantId: string
  meter: string
  /** Decimal, as all 64-bit integers in rows. */
  units: string
  priority: number
  expiresAt: string | null
  reason: string
  createdAt: string
  idempotencyKey: string
}

const PLAIN_COLUMNS = ['tenantId', 'grantId', 'meter', 'priority', 'expiresAt', 'reason', 'createdAt'] as const
const COLUMNS = [...PLAIN_COLUMNS, 'idempotencyKey', 'units'] as const satisfies (keyof GrantRow)[]
const FROM_GRANTS =
  `SELECT ${[...PLAIN_COLUMNS, 'idempotencyKey'].map((name) => `"${name}"`).join(', ')}, ` +
  `CAST("units" AS TEXT) AS "units" FROM "studio_grant"`
const INSERT_GRANT = `INSERT INTO "studio_grant" ${columnsAndParameters(COLUMNS)} ON CONFLICT DO NOTHING`
const SELECT_BY_KEY = `${FROM_GRANTS} WHERE "tenantId" = ? AND "idempotencyKey" = ?`
const SELECT_UNEXPIRED = `${FROM_GRANTS} WHERE "tenantId" = ? AND "meter" = ? AND ("expiresAt" IS NULL OR "expiresAt" > ?)`

const IN_ORDER = `ORDER BY "createdAt", "grantId" LIMIT ?`

export async function readGrantByKey(
  manager: EntityManager,
  tenantId: string,
  idempotencyKey: string,
): Promise<GrantRow | undefined> {
  return (await select<GrantRow>(manager, SELECT_BY_KEY, [tenantId, idempotencyKey]))[0]
}

/** False where the idempotency key is taken. */
export async function insertGrant(manager: EntityManager, row: GrantRow): Promise<boolean> {
  const parameters = COLUMNS.map((name) => row[name])
  return (await change(manager, INSERT_GRANT, parameters)) === 1
}

/** Also those of which nothing is left. */
export async function readUnexpiredGrants(
  manager: EntityManager,
  { tenantId, meter, now }: { tenantId: string; meter: string; now: Date },
): Promise<GrantRow[]> {
  return select<GrantRow>(manager, SELECT_UNEXPIRED, [tenantId, meter, now.toISOString()])
}

/** Grants of a customer, oldest first; those that have expired too. */
export async function readGrants(
  manager: EntityManager,
  { tenantId, meter, after, limit }: GrantQuery,
): Promise<GrantRow[]> {
  const { createdAt = '', id = '' } = after ?? {}
  const ofMeter = meter === undefined ? '' : ' AND "meter" = ?'
  const sql = `${FROM_GRANTS} WHERE "tenantId" = ? AND ("createdAt", "grantId") > (?, ?)${ofMeter} ${IN_ORDER}`
  return select<GrantRow>(manager, sql, [tenantId, createdAt, id, ...(meter === undefined ? [] : [meter]), limit])
}

export interface GrantQuery {
  tenantId: string
  meter?: string | undefined
  after?: PagePosition | undefined
  limit: number
}
