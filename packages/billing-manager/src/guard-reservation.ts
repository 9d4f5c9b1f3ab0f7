import { kitErrors } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { isOpen, reservationEnded } from './end-reservation.js'
import { holdReservationState, type ReservationReference } from './typeorm/reservation-store.js'

/**
 * The fence of a metered call: runs first in each of its writes, and throws `reservation_ended` where the call has been
 * given up, so that nothing is stored which nobody pays for. Until the write is over, nobody else ends the reservation.
 */
export async function guardReservation(manager: EntityManager, reference: ReservationReference): Promise<void> {
  const state = await holdReservationState(manager, reference)
  if (state === undefined) throw kitErrors.not_found('reservation not found')
  if (!isOpen(state)) throw reservationEnded(state)
}
