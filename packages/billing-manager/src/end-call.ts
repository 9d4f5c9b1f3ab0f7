import { kitErrors } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { BillingDependencies } from './dependencies.js'
import type { AskedEnding, EndedCall } from './end-calls.js'
import { endKey } from './end-key.js'
import { endReservation, fromOf, outcomePending, reservationEnded } from './end-reservation.js'
import { customerOf } from './find-customer.js'
import { isOutcomeUnknown } from './outcome-unknown.js'
import type { TenantQueue } from './tenant-queue.js'
import { readReservationState, type ReservationReference } from './typeorm/reservation-store.js'
import type { BillingManagerSettleArgs, BillingManagerVoidArgs, ReservationState } from './types/IBillingManager.js'

export interface EndDependencies extends BillingDependencies {
  /** Ends the reservations of a customer that wait together. */
  endings: Pick<TenantQueue<AskedEnding, EndedCall>, 'ask'>
}

/** Pays what was set aside, and keeps the answer for those who repeat the call. */
export async function settleReservation(
  deps: EndDependencies,
  { customerId, reservationId, units, answer }: BillingManagerSettleArgs,
): Promise<ReservationState> {
  if (units !== undefined && (!Number.isSafeInteger(units) || units < 0)) {
    throw kitErrors.invalid_argument('units must be an integer from 0 on')
  }
  return endOnce(deps, { customerId, reservationId, state: 'settled', units, answer })
}

/** Gives back what was set aside. An answer is an error that the call ended with, which is never a secret. */
export async function voidReservation(
  deps: EndDependencies,
  { customerId, reservationId, answer }: BillingManagerVoidArgs,
): Promise<ReservationState> {
  return endOnce(deps, { customerId, reservationId, state: 'voided', answer })
}

interface CallEnding extends AskedEnding {
  customerId: string
  /** Of a call that did fewer units than were set aside: how many. */
  units?: number | undefined
}

async function endOnce(deps: EndDependencies, { customerId, units, ...asked }: CallEnding): Promise<ReservationState> {
  const tenantId = customerOf(deps.database, customerId)
  const together = units === undefined ? await endTogether(deps, tenantId, asked) : undefined
  const { ended, events } = together ?? (await endAlone(deps, { ...asked, tenantId, units }))
  deps.announcer.announce(events)
  return ended
}

function endTogether({ endings }: EndDependencies, tenantId: string, asked: AskedEnding) {
  return endings.ask(tenantId, asked).catch((error: unknown) => {
    if (!isOutcomeUnknown(error)) throw error
    // To ask again is to know: the end comes once.
    return undefined
  })
}

async function endAlone(
  deps: EndDependencies,
  { answer, state, units, ...reference }: AskedEnding & { tenantId: string; units: number | undefined },
): Promise<EndedCall> {
  const { tenantId, reservationId } = reference
  const end = async (manager: EntityManager): Promise<EndedCall> => {
    const ended = await endReservation(deps, manager, { ...reference, state, units, from: fromOf(state) })
    if (ended === undefined) return { ended: await endedBefore(manager, reference, state), events: [] }
    const { events, ...call } = ended
    await endKey(deps, manager, { ...reference, ...call, state, answer })
    return { ended: { reservationId, state }, events }
  }
  return deps.database.write(end, { tenantId }).catch((error: unknown) => {
    if (!isOutcomeUnknown(error)) throw error
    return deps.database.write(end, { tenantId })
  })
}

async function endedBefore(
  manager: EntityManager,
  reference: ReservationReference,
  wanted: AskedEnding['state'],
): Promise<ReservationState> {
  const { reservationId } = reference
  const state = await readReservationState(manager, reference)
  if (state === undefined) throw kitErrors.not_found('reservation not found')
  if (state === 'broadcast') throw outcomePending()
  if (state !== wanted) throw reservationEnded(state)
  return { reservationId, state }
}
