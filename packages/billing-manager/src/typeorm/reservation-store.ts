import type { Environment } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { CallEffect } from '../method-rule.js'
import type { ReservationState } from '../types/IBillingManager.js'
import { insertRows } from './insert-rows.js'
import { change, changeReturning, columnsAndParameters, isListed, locking, select } from './sql.js'

export interface ReservationReference {
  tenantId: string
  reservationId: string
}

export interface ReservationRow extends ReservationReference {
  method: string
  meter: string
  units: number
  effect: CallEffect
  makes: string | null
  environment: Environment
  planId: string
  planVersion: number
  periodStart: string
  keyId: string | null
  processId: string
  state: ReservationState['state']
  createdAt: string
  endedAt: string | null
  idempotencyKey: string | null
  /** Units that the plan pays; null in rows from before it was kept. */
  planUnits: number | null
  /** The budget that it has drawn from, and which filling of it; null where from none. */
  budgetKeyId: string | null
  budgetEpoch: string | null
}

/** How a reservation is to end. */
interface ReservationEnd {
  state: 'settled' | 'voided'
  /** `reserved`: not where it is `broadcast`. Default: from either. */
  from?: 'reserved' | 'broadcast'
}

/** What is needed of a reservation once it has ended. */
export type EndedReservation = Pick<
  ReservationRow,
  'method' | 'idempotencyKey' | 'meter' | 'units' | 'planId' | 'planVersion' | 'budgetKeyId' | 'budgetEpoch'
>

export type OpenReservation = ReservationReference & Pick<ReservationRow, 'processId'>

const COLUMNS = [
  ...(['tenantId', 'reservationId', 'method', 'meter', 'units', 'effect', 'makes', 'environment', 'planId'] as const),
  ...(['planVersion', 'periodStart', 'keyId', 'processId', 'state', 'createdAt', 'endedAt', 'idempotencyKey'] as const),
  ...(['planUnits', 'budgetKeyId', 'budgetEpoch'] as const),
] as const satisfies (keyof ReservationRow)[]

const INTEGERS: readonly string[] = ['units', 'planVersion', 'planUnits']

const ONE = `WHERE "tenantId" = ? AND "reservationId" = ?`
const INSERT_RESERVATION = `INSERT INTO "studio_reservation" ${columnsAndParameters(COLUMNS)}`
const SELECT_RESERVATION = `SELECT ${COLUMNS.map((name) => `"${name}"`).join(', ')} FROM "studio_reservation" ${ONE}`
const SELECT_STATE = `SELECT "state" FROM "studio_reservation" ${ONE}`
const ENDED = `"method", "idempotencyKey", "meter", "units", "planId", "planVersion", "budgetKeyId", "budgetEpoch"`
const END_RESERVATION =
  `UPDATE "studio_reservation" SET "state" = ?, "endedAt" = ?, "settledUnits" = ? ${ONE} AND "state" IN ('reserved', ?) ` +
  `RETURNING ${ENDED}`
const END_RESERVATIONS = (areNamed: string) =>
  `UPDATE "studio_reservation" SET "state" = ?, "endedAt" = ?, "settledUnits" = NULL WHERE "tenantId" = ? ` +
  `AND ${areNamed} AND "state" IN ('reserved', ?) RETURNING "reservationId", ${ENDED}`
// What the partial index says is said here too: else it is not used.
const SELECT_OPEN =
  `SELECT "tenantId", "reservationId", "processId" FROM "studio_reservation" WHERE "endedAt" IS NULL ` +
  `AND ("tenantId", "reservationId") > (?, ?) ORDER BY "tenantId", "reservationId" LIMIT ?`
const SELECT_OPEN_OF_TENANT =
  `SELECT "tenantId", "reservationId", "processId" FROM "studio_reservation" WHERE "endedAt" IS NULL ` +
  `AND "tenantId" = ? AND "reservationId" > ? ORDER BY "reservationId" LIMIT ?`

const SELECT_ORPHANS =
  `SELECT r."tenantId", r."reservationId", r."processId" FROM "studio_reservation" r ` +
  `LEFT JOIN "studio_process" p ON p."processId" = r."processId" WHERE r."endedAt" IS NULL ` +
  `AND r."processId" NOT IN ('', ?) AND (p."processId" IS NULL OR p."heartbeatAt" < ?) ` +
  `AND (r."tenantId", r."reservationId") > (?, ?) ORDER BY r."tenantId", r."reservationId" LIMIT ?`

export async function insertReservation(manager: EntityManager, row: ReservationRow): Promise<void> {
  await change(
    manager,
    INSERT_RESERVATION,
    COLUMNS.map((name) => row[name]),
  )
}

/** Rows of one customer, together. */
export async function insertReservations(manager: EntityManager, rows: readonly ReservationRow[]): Promise<void> {
  await insertRows(manager, { table: 'studio_reservation', columns: COLUMNS, integers: INTEGERS, rows })
}

export async function readReservationState(
  manager: EntityManager,
  { tenantId, reservationId }: ReservationReference,
): Promise<ReservationState['state'] | undefined> {
  const [row] = await select<Pick<ReservationRow, 'state'>>(manager, SELECT_STATE, [tenantId, reservationId])
  return row?.state
}

/** The same, where nobody can end the reservation before this write is over. Several writes may hold it at once. */
export async function holdReservationState(
  manager: EntityManager,
  { tenantId, reservationId }: ReservationReference,
): Promise<ReservationState['state'] | undefined> {
  const sql = locking(manager, SELECT_STATE, 'FOR SHARE')
  const [row] = await select<Pick<ReservationRow, 'state'>>(manager, sql, [tenantId, reservationId])
  return row?.state
}

/** Waits for the writes that hold the reservation, and keeps others from it until this one is over. */
export async function lockReservation(
  manager: EntityManager,
  { tenantId, reservationId }: ReservationReference,
): Promise<ReservationRow | undefined> {
  const sql = locking(manager, SELECT_RESERVATION, 'FOR UPDATE')
  return (await select<ReservationRow>(manager, sql, [tenantId, reservationId]))[0]
}

/** Of several that would end a reservation one does; the others get undefined. */
export async function endReservationRow(
  manager: EntityManager,
  { tenantId, reservationId }: ReservationReference,
  ending: ReservationEnd & { endedAt: string; settledUnits: number | null },
): Promise<EndedReservation | undefined> {
  const { state, endedAt, settledUnits, from = 'broadcast' } = ending
  const parameters = [state, endedAt, settledUnits, tenantId, reservationId, from]
  return (await changeReturning<EndedReservation>(manager, END_RESERVATION, parameters))[0]
}

/** Ends those of a customer's reservations that are open, all of each. */
export async function endReservationRows(
  manager: EntityManager,
  { tenantId, reservationIds }: { tenantId: string; reservationIds: readonly string[] },
  { state, endedAt, from = 'broadcast' }: ReservationEnd & { endedAt: string },
): Promise<(EndedReservation & Pick<ReservationRow, 'reservationId'>)[]> {
  const sql = END_RESERVATIONS(isListed(manager, 'reservationId'))
  return changeReturning(manager, sql, [state, endedAt, tenantId, JSON.stringify(reservationIds), from])
}

/** Reservations that are still open after the given one, by tenant and id. */
export async function readOpenReservations(
  manager: EntityManager,
  {
    tenantId,
    after,
    limit,
  }: { tenantId?: string | undefined; after?: ReservationReference | undefined; limit: number },
): Promise<OpenReservation[]> {
  const afterId = after?.reservationId ?? ''
  if (tenantId !== undefined) {
    return select<OpenReservation>(manager, SELECT_OPEN_OF_TENANT, [tenantId, afterId, limit])
  }
  return select<OpenReservation>(manager, SELECT_OPEN, [after?.tenantId ?? '', afterId, limit])
}

/** Open reservations of processes that have not been heard of since `aliveSince`. Those that nobody owns are left out. */
export async function readOrphanedReservations(
  manager: EntityManager,
  query: { processId: string; aliveSince: string; after?: ReservationReference | undefined; limit: number },
): Promise<OpenReservation[]> {
  const { processId, aliveSince, after, limit } = query
  const position = [after?.tenantId ?? '', after?.reservationId ?? '']
  return select<OpenReservation>(manager, SELECT_ORPHANS, [processId, aliveSince, ...position, limit])
}

/** Units of a meter in a time: those of calls that run count as if they were paid. */
export interface CountedUnits {
  all: bigint
  /** What of them the plan pays. */
  planned: bigint
  /** What of them is counted in the period that begins when the time does. */
  counted: bigint
}

// Of a call that did fewer units, what the plan has paid comes first.
const UNITS = `CASE WHEN "state" = 'voided' THEN 0 ELSE COALESCE("settledUnits", "units") END`
/** After all instants, as text. */
const END_OF_TIME = '\uffff'
const SELECT_UNITS_BETWEEN =
  `SELECT CAST(COALESCE(SUM("all"), 0) AS TEXT) AS "all", ` +
  `CAST(COALESCE(SUM(CASE WHEN "planned" < "all" THEN "planned" ELSE "all" END), 0) AS TEXT) AS "planned", ` +
  `CAST(COALESCE(SUM(CASE WHEN "periodStart" = ? THEN "all" ELSE 0 END), 0) AS TEXT) AS "counted" ` +
  `FROM (SELECT ${UNITS} AS "all", COALESCE("planUnits", "units") AS "planned", "periodStart" ` +
  `FROM "studio_reservation" WHERE "tenantId" = ? AND "meter" = ? AND "createdAt" >= ? AND "createdAt" < ?) AS r`

/** Looks at all calls of a customer: for the rare case that a period began before it was counted. */
export async function readUnitsBetween(
  manager: EntityManager,
  { tenantId, meter, since, until }: { tenantId: string; meter: string; since: string; until: string | null },
): Promise<CountedUnits> {
  const parameters = [since, tenantId, meter, since, until ?? END_OF_TIME]
  const rows = await select<Record<keyof CountedUnits, string>>(manager, SELECT_UNITS_BETWEEN, parameters)
  const { all = '0', planned = '0', counted = '0' } = rows[0] ?? {}
  return { all: BigInt(all), planned: BigInt(planned), counted: BigInt(counted) }
}
