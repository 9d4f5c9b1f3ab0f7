import type { EntityManager } from 'typeorm'
import type { MeterPeriod } from '../account-codes.js'
import { change, locking, select } from './sql.js'

/** Whose allowance, of which meter and period. */
export interface AllowanceReference extends MeterPeriod {
  tenantId: string
}

/** What a plan has given for a period. */
export interface Allowance {
  /** Units given, those that went over included. */
  granted: bigint
  /** Units that went over from the periods before. */
  rolledOver: bigint
}

interface AllowanceRow extends MeterPeriod {
  granted: string
  rolledOver: string
}

const FROM_ALLOWANCES =
  `SELECT "meter", "periodStart", CAST("granted" AS TEXT) AS "granted", CAST("rolledOver" AS TEXT) AS "rolledOver" ` +
  `FROM "studio_allowance" WHERE "tenantId" = ? AND "meter" = ?`
const SELECT_ALLOWANCE = `${FROM_ALLOWANCES} AND "periodStart" = ?`
const SELECT_BEFORE = `${FROM_ALLOWANCES} AND "periodStart" < ? ORDER BY "periodStart" DESC LIMIT 1`
const INSERT_ALLOWANCE =
  `INSERT INTO "studio_allowance" ("tenantId", "meter", "periodStart", "granted") VALUES (?, ?, ?, 0) ` +
  `ON CONFLICT DO NOTHING`
const UPDATE_ALLOWANCE =
  `UPDATE "studio_allowance" SET "granted" = ?, "rolledOver" = ? ` +
  `WHERE "tenantId" = ? AND "meter" = ? AND "periodStart" = ?`

/** Undefined where the period has not begun to be used. */
export async function readAllowance(
  manager: EntityManager,
  reference: AllowanceReference,
): Promise<Allowance | undefined> {
  return toAllowance((await select<AllowanceRow>(manager, SELECT_ALLOWANCE, parametersOf(reference)))[0])
}

/** Of several meters or periods of a customer, in one statement; in the order of the references. */
export async function readAllowances(
  manager: EntityManager,
  tenantId: string,
  references: readonly MeterPeriod[],
): Promise<(Allowance | undefined)[]> {
  if (references.length === 0) return []
  const sql = references.map(() => SELECT_ALLOWANCE).join(' UNION ALL ')
  const parameters = references.flatMap((reference) => parametersOf({ tenantId, ...reference }))
  const rows = await select<AllowanceRow>(manager, sql, parameters)
  const found = new Map(rows.map((row) => [keyOf(row), row]))
  return references.map((reference) => toAllowance(found.get(keyOf(reference))))
}

/** The same, kept from being changed until the write ends. */
export async function lockAllowance(
  manager: EntityManager,
  reference: AllowanceReference,
): Promise<Allowance | undefined> {
  const sql = locking(manager, SELECT_ALLOWANCE, 'FOR UPDATE')
  return toAllowance((await select<AllowanceRow>(manager, sql, parametersOf(reference)))[0])
}

/** When the last period before the given one began in which the meter was used. */
export async function readPeriodBefore(
  manager: EntityManager,
  reference: AllowanceReference,
): Promise<string | undefined> {
  return (await select<AllowanceRow>(manager, SELECT_BEFORE, parametersOf(reference)))[0]?.periodStart
}

/** False where the period has one already. */
export async function insertAllowance(manager: EntityManager, reference: AllowanceReference): Promise<boolean> {
  return (await change(manager, INSERT_ALLOWANCE, parametersOf(reference))) === 1
}

export async function updateAllowance(
  manager: EntityManager,
  reference: AllowanceReference,
  { granted, rolledOver }: Allowance,
): Promise<void> {
  await change(manager, UPDATE_ALLOWANCE, [String(granted), String(rolledOver), ...parametersOf(reference)])
}

function parametersOf({ tenantId, meter, periodStart }: AllowanceReference): string[] {
  return [tenantId, meter, periodStart]
}

function toAllowance(row: AllowanceRow | undefined): Allowance | undefined {
  return row && { granted: BigInt(row.granted), rolledOver: BigInt(row.rolledOver) }
}

function keyOf({ meter, periodStart }: MeterPeriod): string {
  return `${meter}\n${periodStart}`
}
