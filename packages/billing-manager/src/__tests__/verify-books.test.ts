import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { BooksReport } from '../index.js'
import { readOpenReservations, type ReservationReference } from '../typeorm/reservation-store.js'
import { errorOf, emptiedDatabase, openStudio, type Studio } from './studio.js'

describeOnEachDatabase('billingManagerVerifyBooks', (fresh) => {
  const emptied = emptiedDatabase(fresh)
  let studio: Studio
  const customerId = 'alice'

  beforeEach(async () => {
    studio = await openStudio(await emptied())
  })

  afterEach(() => studio.close())

  const verify = (args: { customerId?: string } = {}) => studio.agent.billingManagerVerifyBooks(args)
  const tamper = (sql: string) => studio.database.write((manager) => manager.query(sql), { acrossTenants: true })

  it('finds books whole that calls have been written to, and counts what it has read', async () => {
    const reservationId = await studio.start(customerId, 'didManagerCreate')
    await studio.start('bob', 'didManagerCreate')
    await studio.agent.billingManagerSettle({ customerId, reservationId })
    // The allowance and the hold of each, and the settlement of one.
    expect(await verify()).toEqual({ valid: true, checked: 5 })
    expect(await verify({ customerId })).toEqual({ valid: true, checked: 3 })
    expect(await verify({ customerId: 'nobody' })).toEqual({ valid: true, checked: 0 })
    expect(await errorOf(verify({ customerId: 'operator' }))).toMatchObject({ code: 'not_found' })
  })

  it('reads each open reservation once, page by page, of one customer and of all', async () => {
    const opened: string[] = []
    for (let count = 0; count < 3; count += 1) opened.push(await studio.start(customerId, 'didManagerCreate'))
    const ofBob = await studio.start('bob', 'didManagerCreate')
    const paged = async (tenantId?: string) => {
      const found: string[] = []
      let after: ReservationReference | undefined
      do {
        const query = { tenantId, after, limit: 1 }
        const page = await studio.database.read((manager) => readOpenReservations(manager, query), {
          acrossTenants: true,
        })
        found.push(...page.map(({ reservationId }) => reservationId))
        after = page.at(-1)
      } while (after !== undefined && found.length < 9)
      return found
    }
    const sorted = opened.toSorted()
    expect([await paged(customerId), await paged('bob')]).toEqual([sorted, [ofBob]])
    expect(await paged()).toEqual([...sorted, ofBob])
  })

  it('names a reservation whose hold is gone', async () => {
    const reservationId = await studio.start(customerId, 'didManagerCreate')
    await studio.start('bob', 'didManagerCreate')
    await studio.agent.billingManagerSettle({ customerId, reservationId })
    await tamper(`UPDATE "studio_reservation" SET "state" = 'reserved', "endedAt" = NULL WHERE "tenantId" = 'alice'`)
    const firstBreak = { customerId, transferId: reservationId, reason: 'reservation_without_hold' }
    expect(await verify()).toMatchObject({ valid: false, firstBreak })
    expect(await verify({ customerId })).toMatchObject({ valid: false, firstBreak })
    expect(await verify({ customerId: 'bob' })).toMatchObject({ valid: true })
  })

  it.each([`DELETE FROM "studio_reservation"`, `UPDATE "studio_reservation" SET "state" = 'voided'`])(
    'names a hold without its reservation, after %s',
    async (sql) => {
      const reservationId = await studio.start(customerId, 'didManagerCreate')
      await tamper(sql)
      const firstBreak = { customerId, transferId: reservationId, reason: 'hold_without_reservation' }
      expect(await verify()).toMatchObject({ valid: false, firstBreak })
      expect(await verify({ customerId })).toMatchObject({ valid: false, firstBreak })
    },
  )

  it('names the entry of the journal that was changed', async () => {
    await studio.start(customerId, 'didManagerCreate')
    await tamper(`UPDATE "studio_ledger_entry" SET "amount" = 99 WHERE "tenantId" = 'alice' AND "seq" = 2`)
    const { valid, firstBreak } = await verify()
    expect(valid).toBe(false)
    expect(firstBreak).toMatchObject({ customerId, seq: '2' })
  })

  it('finds nothing wrong while calls go on', async () => {
    let isOver = false
    const callForEver = async (caller: string) => {
      while (!isOver) {
        const { reservationId } = await studio.reserve({ customerId: caller, method: 'apiKeyManagerCreate' })
        if (reservationId === undefined) return
        await studio.billing.void({ customerId: caller, reservationId })
      }
    }
    await studio.start(customerId, 'didManagerCreate')
    const callers = ['alice', 'bob', 'carol'].map(callForEver)
    const reports: BooksReport[] = []
    while ((reports.at(-1)?.checked ?? 0) < 50) reports.push(await verify())
    isOver = true
    await Promise.all(callers)
    expect(reports.filter(({ valid }) => !valid)).toEqual([])
  })
})
