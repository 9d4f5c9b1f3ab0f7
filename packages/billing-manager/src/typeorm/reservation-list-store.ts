import type { PagePosition } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { ReservationResolution } from '../types/IBillingControls.js'
import type { ReservationReference, ReservationRow } from './reservation-store.js'
import { change, select, type Parameter } from './sql.js'

export interface ReservationListQuery {
  /** Undefined: those of all. */
  tenantId: string | undefined
  /** `open`: in either of the two open states. */
  state: ReservationRow['state'] | 'open'
  after: PagePosition | undefined
  count: number
}

/** A reservation, and how an operator has ended it, where one has. */
export interface ListedReservation extends Pick<ReservationRow, (typeof LISTED)[number]> {
  resolvedReason: string | null
  resolvedBy: string | null
  resolvedAt: string | null
}

const LISTED = [
  ...(['tenantId', 'reservationId', 'method', 'meter', 'units', 'effect', 'environment', 'keyId'] as const),
  ...(['state', 'createdAt', 'endedAt'] as const),
] as const satisfies (keyof ReservationRow)[]
const SELECT_LISTED =
  `SELECT ${LISTED.map((name) => `r."${name}"`).join(', ')}, ` +
  `o."reason" AS "resolvedReason", o."resolvedBy", o."resolvedAt" FROM "studio_reservation" r ` +
  `LEFT JOIN "studio_resolution" o ON o."tenantId" = r."tenantId" AND o."reservationId" = r."reservationId"`
const INSERT_RESOLUTION =
  `INSERT INTO "studio_resolution" ("tenantId", "reservationId", "outcome", "reason", "resolvedBy", "resolvedAt") ` +
  `VALUES (?, ?, ?, ?, ?, ?)`

/** Oldest first. */
export async function readReservationList(
  manager: EntityManager,
  { tenantId, state, after, count }: ReservationListQuery,
): Promise<ListedReservation[]> {
  const isOpen = state === 'open' || state === 'reserved' || state === 'broadcast'
  const conditions: [sql: string, ...parameters: Parameter[]][] = []
  if (isOpen) conditions.push([`r."endedAt" IS NULL`])
  if (state !== 'open') conditions.push([`r."state" = ?`, state])
  if (tenantId !== undefined) conditions.push([`r."tenantId" = ?`, tenantId])
  if (after !== undefined) conditions.push([`(r."createdAt", r."reservationId") > (?, ?)`, after.createdAt, after.id])
  const where = conditions.map(([sql]) => sql).join(' AND ')
  const parameters = conditions.flatMap(([, ...values]) => values)
  const sql = `${SELECT_LISTED} WHERE ${where} ORDER BY r."createdAt", r."reservationId" LIMIT ?`
  return select<ListedReservation>(manager, sql, [...parameters, count])
}

export async function insertResolution(
  manager: EntityManager,
  { tenantId, reservationId, ...resolution }: ReservationReference & ReservationResolution,
): Promise<void> {
  const { outcome, reason, resolvedBy, resolvedAt } = resolution
  await change(manager, INSERT_RESOLUTION, [tenantId, reservationId, outcome, reason, resolvedBy, resolvedAt])
}
