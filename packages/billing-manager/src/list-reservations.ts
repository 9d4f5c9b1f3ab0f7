import { kitErrors, parsePageArgs, toPage, rowsOf } from '@veramo-studio/plugin-kit'
import type { BillingDependencies } from './dependencies.js'
import { customerOf } from './find-customer.js'
import { readBroadcasts, type BroadcastRow } from './typeorm/broadcast-store.js'
import { readReservationList, type ListedReservation } from './typeorm/reservation-list-store.js'
import type {
  BillingManagerListReservationsArgs,
  Reservation,
  ReservationPage,
  ReservationTransaction,
} from './types/IBillingControls.js'

/** Those that have ended are listed by customer: of all together there may be any number. */
export async function listReservations(
  { database }: BillingDependencies,
  { customerId, state = 'open', ...page }: BillingManagerListReservationsArgs,
): Promise<ReservationPage> {
  const { limit, after } = parsePageArgs(page)
  // Inside a tenant it lists that tenant's own alone: no scope widens itself.
  const isOfOne = customerId !== undefined || database.scope()?.kind === 'tenant'
  const tenantId = isOfOne ? customerOf(database, customerId) : undefined
  if (tenantId === undefined && (state === 'settled' || state === 'voided')) {
    throw kitErrors.invalid_argument(`customerId is required with the state ${state}`)
  }
  return database.read(async (manager) => {
    const rows = await readReservationList(manager, { tenantId, state, after, count: limit + 1 })
    const listed: { row: ListedReservation; broadcasts: BroadcastRow[] }[] = []
    for (const row of rows) {
      listed.push({ row, broadcasts: row.effect === 'ledger' ? await readBroadcasts(manager, row) : [] })
    }
    return toPage(listed, limit, {
      position: ({ row }) => ({ createdAt: row.createdAt, id: row.reservationId }),
      item: toReservation,
    })
  }, rowsOf(tenantId))
}

function toReservation({ row, broadcasts }: { row: ListedReservation; broadcasts: BroadcastRow[] }): Reservation {
  const { tenantId, reservationId, method, meter, units, effect, environment, keyId, state, createdAt, endedAt } = row
  const { resolvedReason, resolvedBy, resolvedAt } = row
  const isResolved = resolvedReason !== null && resolvedAt !== null && (state === 'settled' || state === 'voided')
  return {
    ...{ reservationId, customerId: tenantId, method, meter, units: Number(units), effect },
    ...{ environment, keyId, state, createdAt, endedAt },
    transactions: broadcasts.map(toTransaction),
    ...(isResolved && { resolution: { outcome: state, reason: resolvedReason, resolvedBy, resolvedAt } }),
  }
}

function toTransaction(row: BroadcastRow): ReservationTransaction {
  const { network, txHash, sender, sequence, timeoutHeight, markedAt, outcome, reason, feeNcheq } = row
  const fee = feeNcheq === null ? null : { denom: 'ncheq' as const, amount: feeNcheq }
  return { network, txHash, sender, sequence, timeoutHeight, markedAt, outcome, reason, fee }
}
