import type { EntityManager } from 'typeorm'
import { change, columnsAndParameters, select } from './sql.js'

/** A version of a plan as it is kept. */
export interface PlanVersionRow {
  planId: string
  version: number
  body: string
  digest: string
  createdAt: string
}

const COLUMNS = ['planId', 'version', 'body', 'digest', 'createdAt'] as const satisfies (keyof PlanVersionRow)[]
const FROM_PLANS = `SELECT "planId", "version", "body", "digest", "createdAt" FROM "studio_plan_version"`
const SELECT_VERSION = `${FROM_PLANS} WHERE "planId" = ? AND "version" = ?`
const SELECT_LATEST = `${FROM_PLANS} WHERE "planId" = ? ORDER BY "version" DESC LIMIT 1`
const INSERT_VERSION = `INSERT INTO "studio_plan_version" ${columnsAndParameters(COLUMNS)} ON CONFLICT DO NOTHING`

export async function readPlanVersion(
  manager: EntityManager,
  planId: string,
  version: number,
): Promise<PlanVersionRow | undefined> {
  return (await select<PlanVersionRow>(manager, SELECT_VERSION, [planId, version]))[0]
}

export async function readLatestPlanVersion(
  manager: EntityManager,
  planId: string,
): Promise<PlanVersionRow | undefined> {
  return (await select<PlanVersionRow>(manager, SELECT_LATEST, [planId]))[0]
}

/** False where another process has this version already. */
export async function insertPlanVersion(manager: EntityManager, row: PlanVersionRow): Promise<boolean> {
  const parameters = COLUMNS.map((name) => row[name])
  return (await change(manager, INSERT_VERSION, parameters)) === 1
}
