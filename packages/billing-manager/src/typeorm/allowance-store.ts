import type { EntityManager } from 'typeorm'
import type { MeterPeriod } from '../account-codes.js'
import { change, locking, select } from './sql.js'

/** Whose allowance, of which meter and period. */
export interface AllowanceReference extends MeterPeriod {
  tenantId: string
}

const SELECT_GRANTED =
  `SELECT CAST("granted" AS TEXT) AS "granted" FROM "studio_allowance" ` +
  `WHERE "tenantId" = ? AND "meter" = ? AND "periodStart" = ?`
const INSERT_ALLOWANCE =
  `INSERT INTO "studio_allowance" ("tenantId", "meter", "periodStart", "granted") VALUES (?, ?, ?, ?) ` +
  `ON CONFLICT DO NOTHING`
const UPDATE_GRANTED = `UPDATE "studio_allowance" SET "granted" = ? WHERE "tenantId" = ? AND "meter" = ? AND "periodStart" = ?`
const SELECT_OF_TENANT =
  `SELECT "meter", "periodStart", CAST("granted" AS TEXT) AS "granted" FROM "studio_allowance" ` +
  `WHERE "tenantId" = ? AND "periodStart" = ?`

/** Units given for the period; undefined where it has not begun to be used. */
export async function readGranted(manager: EntityManager, reference: AllowanceReference): Promise<bigint | undefined> {
  const [row] = await select<{ granted: string }>(manager, SELECT_GRANTED, parametersOf(reference))
  return row === undefined ? undefined : BigInt(row.granted)
}

/** The same, kept from being changed until the write ends. */
export async function lockGranted(manager: EntityManager, reference: AllowanceReference): Promise<bigint | undefined> {
  const sql = locking(manager, SELECT_GRANTED, 'FOR UPDATE')
  const [row] = await select<{ granted: string }>(manager, sql, parametersOf(reference))
  return row === undefined ? undefined : BigInt(row.granted)
}

/** Units given for a period, by meter. */
export async function readGrantedByMeter(
  manager: EntityManager,
  { tenantId, periodStart }: { tenantId: string; periodStart: string },
): Promise<Map<string, bigint>> {
  const rows = await select<{ meter: string; granted: string }>(manager, SELECT_OF_TENANT, [tenantId, periodStart])
  return new Map(rows.map(({ meter, granted }) => [meter, BigInt(granted)]))
}

/** False where the period has one already. */
export async function insertAllowance(
  manager: EntityManager,
  reference: AllowanceReference,
  granted: bigint,
): Promise<boolean> {
  return (await change(manager, INSERT_ALLOWANCE, [...parametersOf(reference), String(granted)])) === 1
}

export async function updateGranted(
  manager: EntityManager,
  reference: AllowanceReference,
  granted: bigint,
): Promise<void> {
  await change(manager, UPDATE_GRANTED, [String(granted), ...parametersOf(reference)])
}

function parametersOf({ tenantId, meter, periodStart }: AllowanceReference): string[] {
  return [tenantId, meter, periodStart]
}
