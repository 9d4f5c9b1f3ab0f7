import { isPostgres, selectRows } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { LimitLevel } from '../evaluate-rate-limits.js'
import { DATABASE_TIME } from '../shared-clock.js'

export interface KeptLevel extends LimitLevel {
  /** When it says nothing any more; absent in what was kept before this was. */
  drainedAtMs?: number
}

/** Levels by the name of their limit. */
export type Levels = Record<string, KeptLevel>

/** What is drawn on in one write: the budgets of a key and of its customer. */
export interface Budgets {
  tenantId: string
  budgetIds: readonly string[]
}

const COLUMNS = '"budgetId", "levels"'
const SELECT = `FROM "studio_api_key_budget" WHERE "tenantId" = ? AND "budgetId"`
const INSERT = `INSERT INTO "studio_api_key_budget" ("tenantId", "budgetId", "levels") VALUES (?, ?, '{}') ON CONFLICT DO NOTHING`
const UPDATE = `UPDATE "studio_api_key_budget" SET "levels" = ? WHERE "tenantId" = ? AND "budgetId" = ?`

interface StoredBudget {
  budgetId: string
  levels: string
  /** Of the database's clock; Postgres alone. */
  time?: number
}

/** Reads budgets, and keeps other processes from drawing on them until the write ends. */
export async function holdBudgets(
  manager: EntityManager,
  { tenantId, budgetIds }: Budgets,
): Promise<{ levels: Map<string, Levels>; databaseTimeMs: number | undefined }> {
  let rows = await select(manager, { tenantId, budgetIds })
  if (rows.length < budgetIds.length) {
    for (const budgetId of budgetIds) await selectRows(manager, INSERT, [tenantId, budgetId])
    rows = await select(manager, { tenantId, budgetIds })
  }
  const levels = new Map(rows.map((row) => [row.budgetId, JSON.parse(row.levels) as Levels]))
  return { levels, databaseTimeMs: rows[0]?.time }
}

export async function writeLevels(
  manager: EntityManager,
  { tenantId, budgetId }: { tenantId: string; budgetId: string },
  levels: Levels,
): Promise<void> {
  await selectRows(manager, UPDATE, [JSON.stringify(levels), tenantId, budgetId])
}

async function select(manager: EntityManager, { tenantId, budgetIds }: Budgets): Promise<StoredBudget[]> {
  const marks = budgetIds.map(() => '?').join(', ')
  // In one order for all, so that no two wait for each other. On SQLite a write has the file to itself.
  const statement = isPostgres(manager)
    ? `SELECT ${COLUMNS}, ${DATABASE_TIME} AS "time" ${SELECT} IN (${marks}) ORDER BY "budgetId" FOR UPDATE`
    : `SELECT ${COLUMNS} ${SELECT} IN (${marks})`
  return selectRows<StoredBudget>(manager, statement, [tenantId, ...budgetIds])
}
