import type { ChainTransaction } from '@veramo-studio/plugin-kit'
import { kitErrors } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { assertLine } from './check-text.js'
import type { BillingDependencies } from './dependencies.js'
import { reservationEnded } from './end-reservation.js'
import { isOutcomeUnknown } from './outcome-unknown.js'
import type { ProcessLease } from './process-lease.js'
import { insertBroadcast, markReservation } from './typeorm/broadcast-store.js'
import { readReservationState, type ReservationReference } from './typeorm/reservation-store.js'

const MAX_LENGTH = 255

/**
 * Makes durable that a call is about to send a transaction, which from then on decides. Throws `reservation_ended` where
 * the call has been given up: it must not be sent then.
 */
export async function markBroadcast(
  deps: BillingDependencies & { lease: ProcessLease },
  reference: ReservationReference,
  transaction: ChainTransaction,
): Promise<void> {
  const { tenantId } = reference
  const row = { ...reference, ...checked(transaction), markedAt: deps.clock.now().toISOString() }
  const mark = async (manager: EntityManager) => {
    if (!(await markReservation(manager, reference, deps.lease.processId))) throw await notMarked(manager, reference)
    await insertBroadcast(manager, row)
  }
  try {
    await deps.database.write(mark, { tenantId })
  } catch (error) {
    if (!isOutcomeUnknown(error)) throw error
    // To mark again is to know: it changes nothing where the first time was kept.
    await deps.database.write(mark, { tenantId })
  }
}

async function notMarked(manager: EntityManager, reference: ReservationReference): Promise<Error> {
  const state = await readReservationState(manager, reference)
  return state === undefined ? kitErrors.not_found('reservation not found') : reservationEnded(state)
}

function checked(transaction: ChainTransaction): ChainTransaction {
  const { network, txHash, sender, sequence, timeoutHeight, txBytes } = transaction
  for (const [member, text] of Object.entries({ network, txHash, sender })) assertLine(member, text, MAX_LENGTH)
  for (const [member, text] of Object.entries({ sequence, timeoutHeight: timeoutHeight ?? '0' })) {
    if (!/^\d{1,20}$/.test(text)) throw kitErrors.invalid_argument(`${member} must be a decimal number`)
  }
  return { network, txHash, sender, sequence, timeoutHeight, txBytes }
}
