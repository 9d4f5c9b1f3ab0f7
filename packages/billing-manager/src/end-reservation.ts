import { kitErrors } from '@veramo-studio/plugin-kit'
import type { Ledger } from '@veramo-studio/ledger'
import type { EntityManager } from 'typeorm'
import type { BillingDependencies } from './dependencies.js'
import { returnBudget } from './draw-budget.js'
import { billingManagerErrors } from './errors.js'
import { customerOf } from './find-customer.js'
import { recordAnswer } from './idempotent-answer.js'
import { isOutcomeUnknown } from './outcome-unknown.js'
import { deleteRecord } from './typeorm/idempotency-store.js'
import {
  endReservationRow,
  readReservationState,
  type EndedReservation,
  type ReservationEnd,
  type ReservationReference,
} from './typeorm/reservation-store.js'
import type { BillingManagerSettleArgs, BillingManagerVoidArgs, ReservationState } from './types/IBillingManager.js'

export type EndState = 'settled' | 'voided'

/** Pays what was set aside, and keeps the answer for those who repeat the call. */
export async function settleReservation(
  deps: BillingDependencies,
  { customerId, reservationId, answer }: BillingManagerSettleArgs,
): Promise<ReservationState> {
  return endOnce(deps, { customerId, reservationId, state: 'settled' }, (manager, call) =>
    recordAnswer(deps.answers, manager, { ...call, answer, isSecret: isSecret(deps, call.method) }),
  )
}

/** Gives back what was set aside. An answer is an error that the call ended with, which is never a secret. */
export async function voidReservation(
  deps: BillingDependencies,
  { customerId, reservationId, answer }: BillingManagerVoidArgs,
): Promise<ReservationState> {
  return endOnce(deps, { customerId, reservationId, state: 'voided' }, (manager, call) =>
    answer === undefined
      ? deleteRecord(manager, call)
      : recordAnswer(deps.answers, manager, { ...call, answer, isSecret: false }),
  )
}

/**
 * Ends an open reservation in its row and in the ledger, in one write. Undefined where it has ended before: of several
 * that would end it one does.
 */
export async function endReservation(
  { ledger, clock }: Pick<BillingDependencies, 'ledger' | 'clock'>,
  manager: EntityManager,
  { state, from, ...reference }: ReservationReference & ReservationEnd,
): Promise<(EndedReservation & { endedAt: string }) | undefined> {
  const endedAt = clock.now().toISOString()
  const ended = await endReservationRow(manager, reference, { state, endedAt, ...(from && { from }) })
  if (ended === undefined) return undefined
  const outcome = await endTransfer(ledger, manager, { ...reference, state })
  if (outcome !== state) {
    const { tenantId, reservationId } = reference
    throw billingManagerErrors.books_broken(`reservation ${reservationId} of ${tenantId}: its transfer is ${outcome}`)
  }
  if (state === 'voided') await returnBudget(manager, { ...ended, tenantId: reference.tenantId })
  return { ...ended, endedAt }
}

interface EndedCall {
  tenantId: string
  reservationId: string
  method: string
  idempotencyKey: string
  endedAt: string
}

async function endOnce(
  deps: BillingDependencies,
  { customerId, reservationId, state }: { customerId: string; reservationId: string; state: EndState },
  endKey: (manager: EntityManager, call: EndedCall) => Promise<void>,
): Promise<ReservationState> {
  const tenantId = customerOf(deps.database, customerId)
  const reference = { tenantId, reservationId }
  const end = async (manager: EntityManager): Promise<ReservationState> => {
    // What may be on a chain is not given back because somebody says so.
    const from = state === 'voided' ? 'reserved' : 'broadcast'
    const ended = await endReservation(deps, manager, { ...reference, state, from })
    if (ended === undefined) return endedBefore(manager, reference, state)
    const { idempotencyKey, ...call } = ended
    if (idempotencyKey !== null) await endKey(manager, { ...reference, ...call, idempotencyKey })
    return { reservationId, state }
  }
  try {
    return await deps.database.write(end, { tenantId })
  } catch (error) {
    if (!isOutcomeUnknown(error)) throw error
    // To ask again is to know: the end comes once.
    return deps.database.write(end, { tenantId })
  }
}

async function endTransfer(
  ledger: Ledger,
  manager: EntityManager,
  { tenantId, reservationId, state }: ReservationReference & { state: EndState },
): Promise<string> {
  const transfer = { tenantId, transferId: reservationId }
  const result = await (state === 'settled' ? ledger.settle(manager, transfer) : ledger.void(manager, transfer))
  return result.outcome === 'not_pending' ? result.state : result.outcome
}

async function endedBefore(
  manager: EntityManager,
  reference: ReservationReference,
  wanted: EndState,
): Promise<ReservationState> {
  const { reservationId } = reference
  const state = await readReservationState(manager, reference)
  if (state === undefined) throw kitErrors.not_found('reservation not found')
  if (state === 'broadcast') throw outcomePending()
  if (state !== wanted) throw reservationEnded(state)
  return { reservationId, state }
}

export function isOpen(state: ReservationState['state'] | undefined): boolean {
  return state === 'reserved' || state === 'broadcast'
}

export function reservationEnded(state: ReservationState['state']) {
  return billingManagerErrors.reservation_ended(`the reservation has been ${state}`, { extensions: { state } })
}

export function outcomePending() {
  return billingManagerErrors.outcome_pending('a transaction of this call may be on its way; what became of it decides')
}

/** A method that has lost its rule since may have answered anything. */
function isSecret({ methods }: BillingDependencies, method: string): boolean {
  const rule = methods.get(method)
  return rule === undefined || (!rule.free && rule.secret === true)
}
