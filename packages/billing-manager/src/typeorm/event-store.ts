import type { EntityManager } from 'typeorm'
import type { BillingEventType } from '../types/IBillingControls.js'
import { change, columnsAndParameters, select } from './sql.js'

export interface BillingEventRow {
  tenantId: string
  eventId: string
  onceKey: string
  type: BillingEventType
  /** JSON. */
  data: string
  createdAt: string
}

export interface PendingEvent extends BillingEventRow {
  attempts: number
  dueAt: string
}

export type EventOutcome = 'delivered' | 'failed' | 'skipped'

const COLUMNS = [
  ...(['tenantId', 'eventId', 'onceKey', 'type', 'data', 'createdAt', 'attempts', 'dueAt'] as const),
] as const satisfies (keyof PendingEvent)[]
const ONE = `WHERE "tenantId" = ? AND "eventId" = ?`
const INSERT_EVENT = `INSERT INTO "studio_billing_event" ${columnsAndParameters(COLUMNS)} ON CONFLICT DO NOTHING`
const SELECT_DUE =
  `SELECT ${COLUMNS.map((name) => `"${name}"`).join(', ')} FROM "studio_billing_event" ` +
  `WHERE "outcome" IS NULL AND "dueAt" <= ? ORDER BY "dueAt", "createdAt", "eventId" LIMIT ?`
/** Whoever changes the time first sends it. */
const CLAIM_EVENT =
  `UPDATE "studio_billing_event" SET "dueAt" = ?, "attempts" = "attempts" + 1 ${ONE} AND "outcome" IS NULL ` +
  `AND "dueAt" = ?`
const POSTPONE_EVENT = `UPDATE "studio_billing_event" SET "dueAt" = ?, "lastError" = ? ${ONE} AND "outcome" IS NULL`
const END_EVENT = `UPDATE "studio_billing_event" SET "outcome" = ?, "lastError" = ? ${ONE} AND "outcome" IS NULL`
const SELECT_TRIALS =
  `SELECT s."tenantId", s."anchorAt" FROM "studio_subscription" s WHERE s."planId" = ? AND s."anchorAt" > ? ` +
  `AND s."anchorAt" <= ? AND NOT EXISTS (SELECT 1 FROM "studio_billing_event" e ` +
  `WHERE e."tenantId" = s."tenantId" AND e."onceKey" = ?) ORDER BY s."anchorAt", s."tenantId" LIMIT ?`

/** False where the event has been recorded before. */
export async function insertEvent(manager: EntityManager, row: BillingEventRow): Promise<boolean> {
  const pending: PendingEvent = { ...row, attempts: 0, dueAt: row.createdAt }
  const parameters = COLUMNS.map((name) => pending[name])
  return (await change(manager, INSERT_EVENT, parameters)) === 1
}

export async function readDueEvents(manager: EntityManager, now: string, limit: number): Promise<PendingEvent[]> {
  return select<PendingEvent>(manager, SELECT_DUE, [now, limit])
}

/** False where another process sends it. */
export async function claimEvent(
  manager: EntityManager,
  { tenantId, eventId, dueAt }: PendingEvent,
  until: string,
): Promise<boolean> {
  return (await change(manager, CLAIM_EVENT, [until, tenantId, eventId, dueAt])) === 1
}

export async function postponeEvent(
  manager: EntityManager,
  { tenantId, eventId }: PendingEvent,
  { dueAt, lastError }: { dueAt: string; lastError: string },
): Promise<void> {
  await change(manager, POSTPONE_EVENT, [dueAt, lastError, tenantId, eventId])
}

export async function endEvent(
  manager: EntityManager,
  { tenantId, eventId }: PendingEvent,
  { outcome, lastError }: { outcome: EventOutcome; lastError: string | null },
): Promise<void> {
  await change(manager, END_EVENT, [outcome, lastError, tenantId, eventId])
}

/** Customers whose trial began in a span of time, and of whom an event is not recorded yet. */
export async function readTrials(
  manager: EntityManager,
  query: { planId: string; beganAfter: string; beganBy: string; onceKey: string; limit: number },
): Promise<{ tenantId: string; anchorAt: string }[]> {
  const { planId, beganAfter, beganBy, onceKey, limit } = query
  return select(manager, SELECT_TRIALS, [planId, beganAfter, beganBy, onceKey, limit])
}
