import type { EntityManager } from 'typeorm'
import type { BillingDependencies } from './dependencies.js'
import { endReservation, type EndState } from './end-reservation.js'
import { deleteRecord, updateEnding } from './typeorm/idempotency-store.js'
import type { ReservationRow } from './typeorm/reservation-store.js'
import type { MadeThing } from './types/IBillingManager.js'

/** What the rows say that a call has stored. Empty for a call that stores nothing. */
export async function findMade(
  { effects }: Pick<BillingDependencies, 'effects'>,
  manager: EntityManager,
  { effect, tenantId, reservationId }: Pick<ReservationRow, 'effect' | 'tenantId' | 'reservationId'>,
): Promise<MadeThing[]> {
  if (effect === 'pure') return []
  const made: MadeThing[] = []
  for (const source of effects) made.push(...(await source.find(manager, { tenantId, callId: reservationId })))
  return made
}

/**
 * Ends a call of which nobody has the answer: its idempotency key tells what was made, or may be used again. False where
 * somebody else was faster.
 */
export async function endResolved(
  deps: BillingDependencies,
  manager: EntityManager,
  { row, made, state, units }: { row: ReservationRow; made: MadeThing[]; state: EndState; units?: number | undefined },
): Promise<boolean> {
  const { tenantId, reservationId } = row
  const ended = await endReservation(deps, manager, { tenantId, reservationId, state, units })
  if (ended === undefined) return false
  if (ended.idempotencyKey === null) return true
  const { method, idempotencyKey, endedAt } = ended
  const reference = { tenantId, method, idempotencyKey }
  const lost = { state: 'lost' as const, sealedAnswer: null, answerDigest: null, made, endedAt }
  await (state === 'voided' ? deleteRecord(manager, reference) : updateEnding(manager, reference, lost))
  return true
}
