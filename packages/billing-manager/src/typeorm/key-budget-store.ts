import type { EntityManager } from 'typeorm'
import type { BudgetState } from '../key-budget.js'
import { change, locking, select } from './sql.js'

export interface KeyBudgetReference {
  tenantId: string
  /** The first key of the rotation. */
  keyId: string
  meter: string
}

export interface KeyBudgetRow extends KeyBudgetReference, BudgetState {
  /** What it was set to. */
  units: bigint
  updatedAt: string
}

type Stored = Omit<KeyBudgetRow, 'units' | 'remaining' | 'refillUnits'> & {
  units: string
  remaining: string
  refillUnits: string | null
}

const ONE = `WHERE "tenantId" = ? AND "keyId" = ? AND "meter" = ?`
const FROM_BUDGETS =
  `SELECT "tenantId", "keyId", "meter", CAST("units" AS TEXT) AS "units", CAST("remaining" AS TEXT) AS "remaining", ` +
  `"refillInterval", CAST("refillUnits" AS TEXT) AS "refillUnits", "filledAt", "epoch", "updatedAt" ` +
  `FROM "studio_key_budget"`
const SELECT_BUDGET = `${FROM_BUDGETS} ${ONE}`
const SELECT_BUDGETS = `${FROM_BUDGETS} WHERE "tenantId" = ? AND "keyId" = ? ORDER BY "meter"`
const UPSERT_BUDGET =
  `INSERT INTO "studio_key_budget" ("tenantId", "keyId", "meter", "units", "remaining", "refillInterval", ` +
  `"refillUnits", "filledAt", "epoch", "updatedAt") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ` +
  `ON CONFLICT ("tenantId", "keyId", "meter") DO UPDATE SET "units" = EXCLUDED."units", ` +
  `"remaining" = EXCLUDED."remaining", "refillInterval" = EXCLUDED."refillInterval", ` +
  `"refillUnits" = EXCLUDED."refillUnits", "filledAt" = EXCLUDED."filledAt", "epoch" = EXCLUDED."epoch", ` +
  `"updatedAt" = EXCLUDED."updatedAt"`
const UPDATE_REMAINING = `UPDATE "studio_key_budget" SET "remaining" = ?, "filledAt" = ?, "epoch" = ? ${ONE}`
const RETURN_UNITS = `UPDATE "studio_key_budget" SET "remaining" = "remaining" + ? ${ONE} AND "epoch" = ?`
const DELETE_BUDGET = `DELETE FROM "studio_key_budget" ${ONE}`

/** Undefined where the key is not bounded for the meter. */
export async function readKeyBudget(
  manager: EntityManager,
  reference: KeyBudgetReference,
): Promise<KeyBudgetRow | undefined> {
  return toRow((await select<Stored>(manager, SELECT_BUDGET, parametersOf(reference)))[0])
}

/** The same, kept from being changed until the write ends. */
export async function lockKeyBudget(
  manager: EntityManager,
  reference: KeyBudgetReference,
): Promise<KeyBudgetRow | undefined> {
  const sql = locking(manager, SELECT_BUDGET, 'FOR UPDATE')
  return toRow((await select<Stored>(manager, sql, parametersOf(reference)))[0])
}

export async function readKeyBudgets(
  manager: EntityManager,
  { tenantId, keyId }: Omit<KeyBudgetReference, 'meter'>,
): Promise<KeyBudgetRow[]> {
  return (await select<Stored>(manager, SELECT_BUDGETS, [tenantId, keyId])).map((row) => toRow(row))
}

export async function upsertKeyBudget(manager: EntityManager, row: KeyBudgetRow): Promise<void> {
  const { units, remaining, refillInterval, refillUnits, filledAt, epoch, updatedAt } = row
  await change(manager, UPSERT_BUDGET, [
    ...parametersOf(row),
    ...[String(units), String(remaining), refillInterval, refillUnits === null ? null : String(refillUnits)],
    ...[filledAt, epoch, updatedAt],
  ])
}

export async function updateRemaining(
  manager: EntityManager,
  reference: KeyBudgetReference,
  { remaining, filledAt, epoch }: BudgetState,
): Promise<void> {
  await change(manager, UPDATE_REMAINING, [String(remaining), filledAt, epoch, ...parametersOf(reference)])
}

/** Gives units back, unless the budget has been filled anew since they were drawn. */
export async function returnUnits(
  manager: EntityManager,
  { units, epoch, ...reference }: KeyBudgetReference & { units: number; epoch: string },
): Promise<void> {
  await change(manager, RETURN_UNITS, [units, ...parametersOf(reference), epoch])
}

/** False where there was none. */
export async function deleteKeyBudget(manager: EntityManager, reference: KeyBudgetReference): Promise<boolean> {
  return (await change(manager, DELETE_BUDGET, parametersOf(reference))) === 1
}

function toRow(row: Stored): KeyBudgetRow
function toRow(row: Stored | undefined): KeyBudgetRow | undefined
function toRow(row: Stored | undefined): KeyBudgetRow | undefined {
  if (row === undefined) return undefined
  const { units, remaining, refillUnits } = row
  return {
    ...row,
    units: BigInt(units),
    remaining: BigInt(remaining),
    refillUnits: refillUnits === null ? null : BigInt(refillUnits),
  }
}

function parametersOf({ tenantId, keyId, meter }: KeyBudgetReference): string[] {
  return [tenantId, keyId, meter]
}
