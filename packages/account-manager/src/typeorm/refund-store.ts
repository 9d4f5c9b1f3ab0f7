import { isPostgres, selectRows, statementText, type SqlParameter } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'

/** The charge of a customer. */
export interface ChargeReference {
  tenantId: string
  transactionId: string
}

const INSERT =
  `INSERT INTO "studio_refunded_charge" ("tenantId", "transactionId", "refunded") VALUES (?, ?, 0) ` +
  `ON CONFLICT DO NOTHING`
const SELECT =
  `SELECT CAST("refunded" AS TEXT) AS "refunded" FROM "studio_refunded_charge" ` +
  `WHERE "tenantId" = ? AND "transactionId" = ?`
const UPDATE = `UPDATE "studio_refunded_charge" SET "refunded" = ? WHERE "tenantId" = ? AND "transactionId" = ?`

/** What of a charge was given back. Other refunds of it wait until this write ends. */
export async function lockRefunded(
  manager: EntityManager,
  { tenantId, transactionId }: ChargeReference,
): Promise<bigint> {
  const key = [tenantId, transactionId]
  await run(manager, INSERT, key)
  // On SQLite a write has the file to itself.
  const sql = isPostgres(manager) ? `${SELECT} FOR UPDATE` : SELECT
  const [row] = await selectRows<{ refunded: string }>(manager, sql, key)
  return BigInt(row?.refunded ?? 0)
}

/** For a charge that is locked. */
export async function writeRefunded(
  manager: EntityManager,
  { tenantId, transactionId }: ChargeReference,
  refunded: bigint,
): Promise<void> {
  await run(manager, UPDATE, [String(refunded), tenantId, transactionId])
}

async function run(manager: EntityManager, sql: string, parameters: SqlParameter[]): Promise<void> {
  await manager.query(statementText(manager, sql), parameters)
}
