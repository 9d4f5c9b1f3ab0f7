import { kitErrors } from '@veramo-studio/plugin-kit'
import type { Ledger, SettleResult, VoidResult } from '@veramo-studio/ledger'
import type { EntityManager } from 'typeorm'
import { recordEvents, type BillingEvent } from './billing-event.js'
import type { BillingDependencies } from './dependencies.js'
import { returnBudget } from './draw-budget.js'
import { billingManagerErrors } from './errors.js'
import { reachedLimits } from './reached-limits.js'
import { settledAmounts } from './settled-amounts.js'
import { endReservationRow, type EndedReservation, type ReservationReference } from './typeorm/reservation-store.js'
import type { ReservationState } from './types/IBillingManager.js'

export type EndState = 'settled' | 'voided'

export interface Ending {
  state: EndState
  /** Of a call that did fewer units than were set aside: how many. */
  units?: number | undefined
  /** `reserved`: not where it is `broadcast`. Default: from either. */
  from?: 'reserved' | 'broadcast'
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
  const events = await concludeEnding({ plans }, manager, { ...reference, state, ended, settledUnits, result, endedAt })
  return { ...ended, endedAt, events }
}

interface EndedTransfer extends ReservationReference {
  state: EndState
  ended: EndedReservation
  /** Null for all that were set aside. */
  settledUnits: number | null
  result: SettleResult | VoidResult
  endedAt: string
}

/** What follows from the end of a reservation's transfer. Gives what the customer is to hear of. */
export async function concludeEnding(
  { plans }: Pick<BillingDependencies, 'plans'>,
  manager: EntityManager,
  { tenantId, reservationId, state, ended, settledUnits, result, endedAt }: EndedTransfer,
): Promise<BillingEvent[]> {
  if (result.outcome !== state) {
    const found = result.outcome === 'not_pending' ? result.state : result.outcome
    throw billingManagerErrors.books_broken(`reservation ${reservationId} of ${tenantId}: its transfer is ${found}`)
  }
  const unused = ended.units - (state === 'voided' ? 0 : (settledUnits ?? ended.units))
  await returnBudget(manager, { ...ended, tenantId, units: unused })
  if (result.outcome !== 'settled') return []
  const reached = await reachedLimits({ plans }, manager, { ended: { ...ended, tenantId }, settled: result })
  return recordEvents(manager, reached, endedAt)
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

/** What may be on a chain is not given back because somebody says so. */
export function fromOf(state: EndState): 'reserved' | 'broadcast' {
  return state === 'voided' ? 'reserved' : 'broadcast'
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
