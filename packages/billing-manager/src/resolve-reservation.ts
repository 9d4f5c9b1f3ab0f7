import { currentContext, kitErrors } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { assertLine } from './check-text.js'
import type { BillingDependencies } from './dependencies.js'
import { isOpen, reservationEnded } from './end-reservation.js'
import { endResolved, findMade } from './end-resolved.js'
import { customerOf } from './find-customer.js'
import { insertResolution } from './typeorm/reservation-list-store.js'
import { lockReservation } from './typeorm/reservation-store.js'
import type { BillingManagerResolveReservationArgs } from './types/IBillingControls.js'
import type { ReservationState } from './types/IBillingManager.js'

const MAX_REASON_LENGTH = 500
const MAX_ID_LENGTH = 255

/**
 * Ends a reservation as an operator has found out that it ended, and keeps who said so. A call that still runs stores
 * nothing from then on.
 */
export async function resolveReservation(
  deps: BillingDependencies,
  { customerId, reservationId, outcome, reason }: BillingManagerResolveReservationArgs,
): Promise<ReservationState> {
  const tenantId = customerOf(deps.database, customerId)
  assertLine('reservationId', reservationId, MAX_ID_LENGTH)
  assertLine('reason', reason, MAX_REASON_LENGTH)
  const reference = { tenantId, reservationId }
  const resolvedBy = currentContext().principal?.keyId ?? null
  const resolve = async (manager: EntityManager): Promise<ReservationState> => {
    const row = await lockReservation(manager, reference)
    if (row === undefined) throw kitErrors.not_found('reservation not found')
    if (!isOpen(row.state)) throw reservationEnded(row.state)
    const made = outcome === 'settled' ? await findMade(deps, manager, row) : []
    await endResolved(deps, manager, { row, made, state: outcome })
    const resolvedAt = deps.clock.now().toISOString()
    await insertResolution(manager, { ...reference, outcome, reason, resolvedBy, resolvedAt })
    return { reservationId, state: outcome }
  }
  return deps.database.write(resolve, { tenantId })
}
