import type { ChainTransaction } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { MadeThing } from '../types/IBillingManager.js'
import type { ReservationReference, ReservationRow } from './reservation-store.js'
import { change, columnsAndParameters, select } from './sql.js'

/** A transaction that a call was about to send. */
export interface BroadcastRow extends ReservationReference, ChainTransaction {
  markedAt: string
  /** Null while it is not known. */
  outcome: 'settled' | 'voided' | null
  reason: string | null
  feeNcheq: string | null
  made: MadeThing[] | null
}

/** What became of it. */
export type BroadcastFate = Pick<BroadcastRow, 'outcome' | 'reason' | 'feeNcheq' | 'made'>

export type DisownedReservation = ReservationReference & Pick<ReservationRow, 'method'>

const MARKED = [
  ...(['tenantId', 'reservationId', 'txHash', 'network', 'sender', 'sequence', 'timeoutHeight'] as const),
  ...(['txBytes', 'markedAt'] as const),
] as const satisfies (keyof BroadcastRow)[]
const COLUMNS = [...MARKED, 'outcome', 'reason', 'feeNcheq', 'made'] as const satisfies (keyof BroadcastRow)[]

const ONE = `WHERE "tenantId" = ? AND "reservationId" = ?`
/** Nobody else may have taken the call over meanwhile: it would look at the transactions that are there. */
const MARK_RESERVATION =
  `UPDATE "studio_reservation" SET "state" = 'broadcast' ${ONE} AND "state" IN ('reserved', 'broadcast') ` +
  `AND "processId" = ?`
const DISOWN_RESERVATION = `UPDATE "studio_reservation" SET "processId" = '' ${ONE} AND "state" = 'broadcast'`
const INSERT_BROADCAST = `INSERT INTO "studio_broadcast" ${columnsAndParameters(MARKED)} ON CONFLICT DO NOTHING`
const SELECT_BROADCASTS =
  `SELECT ${COLUMNS.map((name) => `"${name}"`).join(', ')} FROM "studio_broadcast" ${ONE} ` +
  `ORDER BY "markedAt", "txHash"`
const UPDATE_FATE = `UPDATE "studio_broadcast" SET "outcome" = ?, "reason" = ?, "feeNcheq" = ?, "made" = ? ${ONE} AND "txHash" = ?`
const SELECT_DISOWNED =
  `SELECT "tenantId", "reservationId", "method" FROM "studio_reservation" WHERE "endedAt" IS NULL AND "processId" = '' ` +
  `AND "state" = 'broadcast' AND ("tenantId", "reservationId") > (?, ?) ORDER BY "tenantId", "reservationId" LIMIT ?`
const SELECT_OWNER = `SELECT "state", "processId" FROM "studio_reservation" ${ONE}`

/** False where the reservation has ended, or another process has taken it over. */
export async function markReservation(
  manager: EntityManager,
  { tenantId, reservationId }: ReservationReference,
  processId: string,
): Promise<boolean> {
  return (await change(manager, MARK_RESERVATION, [tenantId, reservationId, processId])) === 1
}

/** From then on the transactions of the call decide, and nobody adds any. */
export async function disownReservation(
  manager: EntityManager,
  { tenantId, reservationId }: ReservationReference,
): Promise<void> {
  await change(manager, DISOWN_RESERVATION, [tenantId, reservationId])
}

/** Leaves a transaction as it is that is there. */
export async function insertBroadcast(
  manager: EntityManager,
  row: Pick<BroadcastRow, (typeof MARKED)[number]>,
): Promise<void> {
  await change(
    manager,
    INSERT_BROADCAST,
    MARKED.map((name) => row[name]),
  )
}

/** Oldest first. */
export async function readBroadcasts(
  manager: EntityManager,
  { tenantId, reservationId }: ReservationReference,
): Promise<BroadcastRow[]> {
  const rows = await select<Omit<BroadcastRow, 'made'> & { made: string | null }>(manager, SELECT_BROADCASTS, [
    tenantId,
    reservationId,
  ])
  return rows.map((row) => ({ ...row, made: row.made === null ? null : (JSON.parse(row.made) as MadeThing[]) }))
}

export async function updateFate(
  manager: EntityManager,
  { tenantId, reservationId, txHash }: ReservationReference & { txHash: string },
  { outcome, reason, feeNcheq, made }: BroadcastFate,
): Promise<void> {
  const fate = [outcome, reason, feeNcheq, made === null ? null : JSON.stringify(made)]
  await change(manager, UPDATE_FATE, [...fate, tenantId, reservationId, txHash])
}

/** Reservations whose transactions decide, after the given one. */
export async function readDisowned(
  manager: EntityManager,
  { after, limit }: { after?: ReservationReference | undefined; limit: number },
): Promise<DisownedReservation[]> {
  const position = [after?.tenantId ?? '', after?.reservationId ?? '']
  return select<DisownedReservation>(manager, SELECT_DISOWNED, [...position, limit])
}

/** Whether a reservation waits for its transactions alone: its call has ended. */
export async function isDisowned(
  manager: EntityManager,
  { tenantId, reservationId }: ReservationReference,
): Promise<boolean> {
  const [row] = await select<{ state: string; processId: string }>(manager, SELECT_OWNER, [tenantId, reservationId])
  return row?.state === 'broadcast' && row.processId === ''
}
