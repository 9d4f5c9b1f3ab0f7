import type { SettleResult, VoidResult } from '@veramo-studio/ledger'
import type { EntityManager } from 'typeorm'
import type { BillingEvent } from './billing-event.js'
import type { BillingDependencies } from './dependencies.js'
import { endKey } from './end-key.js'
import { concludeEnding, fromOf, type EndState } from './end-reservation.js'
import type { TenantGroup } from './tenant-queue.js'
import { endReservationRows, type EndedReservation } from './typeorm/reservation-store.js'
import type { RecordedAnswer, ReservationState } from './types/IBillingManager.js'

/** A reservation that is to end, with all that was set aside for it. */
export interface AskedEnding {
  reservationId: string
  state: EndState
  answer: RecordedAnswer | undefined
}

export interface EndedCall {
  ended: ReservationState
  events: BillingEvent[]
}

/**
 * Ends the reservations of a customer that wait together, in their order. Undefined for one that is not open, or is named
 * before in the group: what is to be said of it is found out alone.
 */
export async function endCalls(
  deps: BillingDependencies,
  manager: EntityManager,
  { tenantId, requests }: TenantGroup<AskedEnding>,
): Promise<(EndedCall | undefined)[]> {
  const endedAt = deps.clock.now().toISOString()
  const rows = await endRows(manager, { tenantId, requests, endedAt })
  const ending = requests.flatMap((asked, index) => {
    const ended = rows.get(asked)
    return ended === undefined ? [] : [{ index, asked, ended }]
  })
  const outcomes: (EndedCall | undefined)[] = requests.map(() => undefined)
  if (ending.length === 0) return outcomes
  const results = await endTransfers(deps, manager, { tenantId, endings: ending.map(({ asked }) => asked) })
  for (const [place, { index, asked, ended }] of ending.entries()) {
    const { reservationId, state } = asked
    const result = results[place] as SettleResult | VoidResult
    const reference = { tenantId, reservationId, state, endedAt }
    const events = await concludeEnding(deps, manager, { ...reference, ended, settledUnits: null, result })
    await endKey(deps, manager, { ...reference, ...ended, answer: asked.answer })
    outcomes[index] = { ended: { reservationId, state }, events }
  }
  return outcomes
}

/** By what asked for them; of several for one reservation the first. */
async function endRows(
  manager: EntityManager,
  { tenantId, requests, endedAt }: TenantGroup<AskedEnding> & { endedAt: string },
): Promise<Map<AskedEnding, EndedReservation>> {
  const firsts = new Map<string, AskedEnding>()
  for (const asked of requests) if (!firsts.has(asked.reservationId)) firsts.set(asked.reservationId, asked)
  const ended = new Map<AskedEnding, EndedReservation>()
  for (const state of ['settled', 'voided'] as const) {
    const reservationIds = [...firsts.values()]
      .filter((asked) => asked.state === state)
      .map((asked) => asked.reservationId)
    if (reservationIds.length === 0) continue
    const ending = { state, endedAt, from: fromOf(state) }
    for (const { reservationId, ...row } of await endReservationRows(manager, { tenantId, reservationIds }, ending)) {
      const asked = firsts.get(reservationId)
      if (asked !== undefined) ended.set(asked, row)
    }
  }
  return ended
}

async function endTransfers(
  { ledger }: Pick<BillingDependencies, 'ledger'>,
  manager: EntityManager,
  { tenantId, endings }: { tenantId: string; endings: readonly AskedEnding[] },
): Promise<(SettleResult | VoidResult)[]> {
  const ending = endings.map(({ reservationId }) => reservationId)
  return ledger.turn(manager, { tenantId, ending }, async (turn) =>
    endings.map(({ reservationId: transferId, state }) =>
      state === 'settled' ? turn.settle({ tenantId, transferId }) : turn.void(transferId),
    ),
  )
}
