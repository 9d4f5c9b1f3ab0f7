import { listenTo, type Ledger, type LedgerBreak, type VerifyOptions } from '@veramo-studio/ledger'
import { rowsOf } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { BillingDependencies } from './dependencies.js'
import { isOpen } from './end-reservation.js'
import { customerOf } from './find-customer.js'
import { readOpenReservations, readReservationState, type ReservationReference } from './typeorm/reservation-store.js'
import type { BillingManagerVerifyBooksArgs, BooksBreak, BooksReport } from './types/IBillingManager.js'

/** For those who have the plugin itself: heads of before that must still be there, and who hears how far it is. */
export type VerifyBooksOptions = Omit<VerifyOptions, 'tenantId'>

const PAGE = 100

/** Checks the ledger, and that its pending transfers are the open reservations, while calls go on. Writes nothing. */
export async function verifyBooks(
  { database, ledger }: BillingDependencies,
  args: BillingManagerVerifyBooksArgs,
  options: VerifyBooksOptions = {},
): Promise<BooksReport> {
  const knownHeads = options.knownHeads && listenTo(options.knownHeads)
  const tenantId = args.customerId === undefined ? undefined : customerOf(database, args.customerId)
  return database.read(async (manager) => {
    // Heads of before know of books that are gone.
    const mayBeUnused = tenantId !== undefined && knownHeads === undefined
    if (mayBeUnused && (await isUnused(ledger, manager, tenantId))) return { valid: true, checked: 0 }
    const { checked, firstBreak } = await ledger.verify(manager, {
      ...options,
      ...(knownHeads && { knownHeads }),
      ...(tenantId !== undefined && { tenantId }),
    })
    const broken = firstBreak === undefined ? await firstMismatch(ledger, manager, tenantId) : toBooksBreak(firstBreak)
    return broken === undefined ? { valid: true, checked } : { valid: false, checked, firstBreak: broken }
  }, rowsOf(tenantId))
}

async function firstMismatch(
  ledger: Ledger,
  manager: EntityManager,
  tenantId: string | undefined,
): Promise<BooksBreak | undefined> {
  return (
    (await reservationWithoutTransfer(ledger, manager, tenantId)) ??
    (await transferWithoutReservation(ledger, manager, tenantId))
  )
}

/*
 * A reservation and its transfer begin and end in one commit. Whoever reads one after the other sees in the second at
 * least what had happened by the first.
 */

async function reservationWithoutTransfer(
  ledger: Ledger,
  manager: EntityManager,
  tenantId: string | undefined,
): Promise<BooksBreak | undefined> {
  let after: ReservationReference | undefined
  for (;;) {
    const page = await readOpenReservations(manager, { tenantId, after, limit: PAGE })
    for (const reference of page) {
      const { reservationId: transferId } = reference
      const transfer = await ledger.getTransfer(manager, { tenantId: reference.tenantId, transferId })
      if (transfer?.state === 'pending') continue
      if (!isOpen(await readReservationState(manager, reference))) continue
      return { customerId: reference.tenantId, transferId, reason: 'reservation_without_hold' }
    }
    after = page.at(-1)
    if (page.length < PAGE) return undefined
  }
}

async function transferWithoutReservation(
  ledger: Ledger,
  manager: EntityManager,
  tenantId: string | undefined,
): Promise<BooksBreak | undefined> {
  let after: { tenantId: string; transferId: string } | undefined
  for (;;) {
    const page = await ledger.listPending(manager, {
      ...(tenantId !== undefined && { tenantId }),
      ...(after && { after }),
      limit: PAGE,
    })
    for (const pending of page) {
      const reference = { tenantId: pending.tenantId, reservationId: pending.transferId }
      if (isOpen(await readReservationState(manager, reference))) continue
      if ((await ledger.getTransfer(manager, pending))?.state !== 'pending') continue
      return { customerId: pending.tenantId, transferId: pending.transferId, reason: 'hold_without_reservation' }
    }
    after = page.at(-1)
    if (page.length < PAGE) return undefined
  }
}

/** A customer of whom the ledger has never heard has no books to break. */
async function isUnused(ledger: Ledger, manager: EntityManager, tenantId: string): Promise<boolean> {
  const { seq } = await ledger.head(manager, tenantId)
  return seq === 0 && (await ledger.balances(manager, tenantId)).length === 0
}

function toBooksBreak({ tenantId, seq, transferId, reason, code }: LedgerBreak): BooksBreak {
  return {
    customerId: tenantId,
    ...(seq !== undefined && { seq: String(seq) }),
    ...(transferId !== undefined && { transferId }),
    reason: code === undefined ? reason : `${reason}: ${code}`,
  }
}
