import { kitErrors } from '@veramo-studio/plugin-kit'
import type { Ledger, SettleResult, VoidResult } from '@veramo-studio/ledger'
import type { EntityManager } from 'typeorm'
import { recordEvents, type BillingEvent } from './billing-event.js'
import type { BillingDependencies } from './dependencies.js'
import { returnBudget } from './draw-budget.js'
import { billingManagerErrors } from './errors.js'
import { customerOf } from './find-customer.js'
import { recordAnswer } from './idempotent-answer.js'
import { casesOf } from './method-rule.js'
import { isOutcomeUnknown } from './outcome-unknown.js'
import { reachedLimits } from './reached-limits.js'
import { settledAmounts } from './settled-amounts.js'
import { deleteRecord } from './typeorm/idempotency-store.js'
import {
  endReservationRow,
  readReservationState,
  type EndedReservation,
  type ReservationReference,
} from './typeorm/reservation-store.js'
import type { BillingManagerSettleArgs, BillingManagerVoidArgs, ReservationState } from './types/IBillingManager.js'

export type EndState = 'settled' | 'voided'

interface Ending {
  state: EndState
  /** Of a call that did fewer units than were set aside: how many. */
  units?: number | undefined
  /** `reserved`: not where it is `broadcast`. Default: from either. */
  from?: 'reserved' | 'broadcast'
}

/** Pays what was set aside, and keeps the answer for those who repeat the call. */
export async function settleReservation(
  deps: BillingDependencies,
  { customerId, reservationId, units, answer }: BillingManagerSettleArgs,
): Promise<ReservationState> {
  if (units !== undefined && (!Number.isSafeInteger(units) || units < 0)) {
    throw kitErrors.invalid_argument('units must be an integer from 0 on')
  }
  return endOnce(deps, { customerId, reservationId, state: 'settled', units }, (manager, call) =>
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
  { ledger, clock, plans }: Pick<BillingDependencies, 'ledger' | 'clock' | 'plans'>,
  manager: EntityManager,
  { state, units, from, ...reference }: ReservationReference & Ending,
): Promise<(EndedReservation & { endedAt: string; events: BillingEvent[] }) | undefined> {
  const endedAt = clock.now().toISOString()
  const settledUnits = state === 'settled' ? (units ?? null) : null
  const ended = await endReservationRow(manager, reference, { state, endedAt, settledUnits, ...(from && { from }) })
  if (ended === undefined) return undefined
  if (settledUnits !== null && settledUnits > ended.units) {
    throw kitErrors.invalid_argument(`units must be at most ${ended.units}, which were set aside`)
  }
  const isPart = settledUnits !== null && settledUnits < ended.units
  const result = await endTransfer(ledger, manager, { ...reference, state, ...(isPart && { units: settledUnits }) })
  const { tenantId, reservationId } = reference
  if (result.outcome !== state) {
    const found = result.outcome === 'not_pending' ? result.state : result.outcome
    throw billingManagerErrors.books_broken(`reservation ${reservationId} of ${tenantId}: its transfer is ${found}`)
  }
  const unused = ended.units - (state === 'voided' ? 0 : (settledUnits ?? ended.units))
  await returnBudget(manager, { ...ended, tenantId, units: unused })
  if (result.outcome !== 'settled') return { ...ended, endedAt, events: [] }
  const reached = await reachedLimits({ plans }, manager, { ended: { ...ended, tenantId }, settled: result })
  return { ...ended, endedAt, events: await recordEvents(manager, reached, endedAt) }
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
  { customerId, reservationId, state, units }: Ending & { customerId: string; reservationId: string },
  endKey: (manager: EntityManager, call: EndedCall) => Promise<void>,
): Promise<ReservationState> {
  const tenantId = customerOf(deps.database, customerId)
  const reference = { tenantId, reservationId }
  const end = async (manager: EntityManager): Promise<{ ended: ReservationState; events: BillingEvent[] }> => {
    // What may be on a chain is not given back because somebody says so.
    const from = state === 'voided' ? 'reserved' : 'broadcast'
    const ended = await endReservation(deps, manager, { ...reference, state, units, from })
    if (ended === undefined) return { ended: await endedBefore(manager, reference, state), events: [] }
    const { idempotencyKey, events, ...call } = ended
    if (idempotencyKey !== null) await endKey(manager, { ...reference, ...call, idempotencyKey })
    return { ended: { reservationId, state }, events }
  }
  const { ended, events } = await deps.database.write(end, { tenantId }).catch((error: unknown) => {
    if (!isOutcomeUnknown(error)) throw error
    // To ask again is to know: the end comes once.
    return deps.database.write(end, { tenantId })
  })
  deps.announcer.announce(events)
  return ended
}

async function endTransfer(
  ledger: Ledger,
  manager: EntityManager,
  { tenantId, reservationId, state, units }: ReservationReference & Ending,
): Promise<SettleResult | VoidResult> {
  const transfer = { tenantId, transferId: reservationId }
  const part = units === undefined ? undefined : await ledger.getTransfer(manager, transfer)
  const amounts = part && { amounts: settledAmounts(part.legs, BigInt(units ?? 0)) }
  return state === 'settled' ? ledger.settle(manager, { ...transfer, ...amounts }) : ledger.void(manager, transfer)
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
  return rule === undefined || casesOf(rule).some((each) => !each.free && each.secret === true)
}
