import type { EntityManager } from 'typeorm'
import type { Allowance } from './allowance-store.js'
import { parseMade, type IdempotencyRecord } from './idempotency-store.js'
import { select } from './sql.js'
import type { Subscription } from './subscription-store.js'

/** What a call is decided by, besides the balances. */
export interface Standing extends Subscription {
  /** Null where no version of the plan is kept. */
  planVersion: number | null
  /** Of the newest period in which the meter was used; mostly the running one. */
  allowance: ({ periodStart: string } & Allowance) | null
  /** What the idempotency key was used for before. */
  record: IdempotencyRecord | null
  /** Whether any key of the customer has a budget. */
  hasKeyBudgets: boolean
}

export interface StandingQuery {
  tenantId: string
  method: string
  meter: string
  idempotencyKey: string | null
}

interface StandingRow extends Subscription {
  planVersion: number | null
  periodStart: string | null
  granted: string | null
  rolledOver: string | null
  digest: string | null
  reservationId: string | null
  state: IdempotencyRecord['state'] | null
  sealedAnswer: string | null
  made: string | null
  hasKeyBudgets: boolean | number
}

const SELECT_STANDING = `SELECT s."planId", s."anchorAt", s."updatedAt", s."nextPlanId", s."nextPlanAt",
  (SELECT MAX(v."version") FROM "studio_plan_version" v WHERE v."planId" = s."planId") AS "planVersion",
  a."periodStart", CAST(a."granted" AS TEXT) AS "granted", CAST(a."rolledOver" AS TEXT) AS "rolledOver",
  i."digest", i."reservationId", i."state", i."sealedAnswer", i."made",
  EXISTS (SELECT 1 FROM "studio_key_budget" k WHERE k."tenantId" = s."tenantId") AS "hasKeyBudgets"
FROM "studio_subscription" s
LEFT JOIN "studio_allowance" a ON a."tenantId" = s."tenantId" AND a."meter" = ? AND a."periodStart" =
  (SELECT MAX(b."periodStart") FROM "studio_allowance" b WHERE b."tenantId" = s."tenantId" AND b."meter" = ?)
LEFT JOIN "studio_idempotency" i ON i."tenantId" = s."tenantId" AND i."method" = ? AND i."idempotencyKey" = ?
WHERE s."tenantId" = ?`

/** In one statement, since each metered call waits for it. Undefined where the customer has no subscription yet. */
export async function readStanding(
  manager: EntityManager,
  { tenantId, method, meter, idempotencyKey }: StandingQuery,
): Promise<Standing | undefined> {
  const [row] = await select<StandingRow>(manager, SELECT_STANDING, [meter, meter, method, idempotencyKey, tenantId])
  if (row === undefined) return undefined
  const { planId, anchorAt, updatedAt, nextPlanId, nextPlanAt, planVersion } = row
  const subscription = { planId, anchorAt, updatedAt, nextPlanId, nextPlanAt }
  return {
    ...subscription,
    planVersion,
    allowance: toAllowance(row),
    record: toRecord(row),
    hasKeyBudgets: Boolean(row.hasKeyBudgets),
  }
}

function toAllowance({ periodStart, granted, rolledOver }: StandingRow): Standing['allowance'] {
  if (periodStart === null || granted === null || rolledOver === null) return null
  return { periodStart, granted: BigInt(granted), rolledOver: BigInt(rolledOver) }
}

function toRecord({ digest, reservationId, state, sealedAnswer, made }: StandingRow): IdempotencyRecord | null {
  if (digest === null || reservationId === null || state === null) return null
  return { digest, reservationId, state, sealedAnswer, made: parseMade(made) }
}
