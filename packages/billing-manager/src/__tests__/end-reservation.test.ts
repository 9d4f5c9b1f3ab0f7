import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { errorOf, newCustomer, MODES, openStudio, sharedDatabase, rowsOf, usageOf, type Studio } from './studio.js'

describe.each(MODES)('$how', ({ alone }) => {
  describeOnEachDatabase('billingManagerSettle and billingManagerVoid', (fresh) => {
    const shared = sharedDatabase(fresh)
    let studio: Studio
    let url: string
    let customerId: string

    beforeEach(async () => {
      url = await shared()
      customerId = newCustomer()
      studio = await openStudio(url, { alone })
    })

    afterEach(() => studio.close())

    const settle = (reservationId: string, by = studio) => by.agent.billingManagerSettle({ customerId, reservationId })
    const giveBack = (reservationId: string, by = studio) => by.agent.billingManagerVoid({ customerId, reservationId })

    it('counts what is settled as used, for good', async () => {
      const reservationId = await studio.start(customerId, 'didManagerCreate')
      studio.clock.advanceMs(1000)
      expect(await settle(reservationId)).toEqual({ reservationId, state: 'settled' })
      expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 1, held: 0, remaining: 2 })
      const [row] = (await rowsOf(studio, customerId))['reservation'] as Record<string, unknown>[]
      expect(row).toMatchObject({ state: 'settled', endedAt: '2030-03-01T12:00:01.000Z' })
    })

    it('gives back what is voided to those who would have paid', async () => {
      for (let count = 0; count < 3; count += 1) await studio.start(customerId, 'didManagerCreate')
      await studio.pay(customerId, 'deposit:mainnet', 100n)
      const { grantId } = await studio.agent.billingManagerGrantCredit({
        ...{ customerId, meter: 'did.create', units: 1, reason: 'gift', idempotencyKey: 'k' },
      })
      const byGrant = await studio.start(customerId, 'didManagerCreate')
      const byDeposit = await studio.start(customerId, 'didManagerCreate')
      expect(await studio.balance(customerId, `grant:${grantId}`, 'unit:did.create')).toBe(0n)
      expect(await studio.balance(customerId, 'deposit:mainnet', 'mainnet:ncheq')).toBe(0n)
      for (const reservationId of [byGrant, byDeposit]) {
        expect(await giveBack(reservationId)).toEqual({ reservationId, state: 'voided' })
      }
      expect(await studio.balance(customerId, `grant:${grantId}`, 'unit:did.create')).toBe(1n)
      expect(await studio.balance(customerId, 'deposit:mainnet', 'mainnet:ncheq')).toBe(100n)
      expect(await studio.balance(customerId, 'outside:overage', 'unit:did.create')).toBe(0n)
      expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 0, held: 3 })
    })

    it('answers the same where it is asked again, and changes nothing', async () => {
      const reservationId = await studio.start(customerId, 'didManagerCreate')
      await settle(reservationId)
      const before = await rowsOf(studio, customerId)
      expect(await settle(reservationId)).toEqual({ reservationId, state: 'settled' })
      expect(await rowsOf(studio, customerId)).toEqual(before)
      const other = await studio.start(customerId, 'didManagerCreate')
      await giveBack(other)
      expect(await giveBack(other)).toEqual({ reservationId: other, state: 'voided' })
    })

    it('is refused where the other end came first', async () => {
      const settled = await studio.start(customerId, 'didManagerCreate')
      const voided = await studio.start(customerId, 'didManagerCreate')
      await settle(settled)
      await giveBack(voided)
      const refused = { code: 'reservation_ended', status: 409 }
      expect(await errorOf(giveBack(settled))).toMatchObject({ ...refused, extensions: { state: 'settled' } })
      expect(await errorOf(settle(voided))).toMatchObject({ ...refused, extensions: { state: 'voided' } })
      expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 1, held: 0, remaining: 2 })
    })

    it('lets one end win among many at once, in two processes', async () => {
      const other = await openStudio(url, { alone })
      const reservationId = await studio.start(customerId, 'didManagerCreate')
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_unused, index) =>
          (index % 3 === 0 ? giveBack : settle)(reservationId, index % 2 === 0 ? studio : other),
        ),
      )
      const states = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.state] : []))
      const codes = outcomes.flatMap((each) =>
        each.status === 'rejected' ? [(each.reason as { code: string }).code] : [],
      )
      expect(new Set(states).size).toBe(1)
      expect(new Set(codes)).toEqual(new Set(['reservation_ended']))
      const used = states[0] === 'settled' ? 1 : 0
      expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used, held: 0, remaining: 3 - used })
      expect(await studio.agent.billingManagerVerifyBooks({})).toMatchObject({ valid: true })
      await other.close()
    })

    it("says the same of a reservation that does not exist and of another customer's", async () => {
      const reservationId = await studio.start(customerId, 'didManagerCreate')
      const expected = { message: 'not_found: reservation not found', status: 404 }
      const ofBob = { customerId: 'bob', reservationId }
      expect(await errorOf(studio.agent.billingManagerSettle(ofBob))).toMatchObject(expected)
      expect(await errorOf(studio.agent.billingManagerVoid(ofBob))).toMatchObject(expected)
      expect(await errorOf(settle('nothing'))).toMatchObject(expected)
      const asBob = runInTenant('bob', () => settle(reservationId))
      expect(await errorOf(asBob)).toMatchObject({ code: 'not_found' })
      expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ held: 1 })
    })

    it('refuses arguments of a wrong type', async () => {
      const wrong = { customerId, reservationId: 5 as unknown as string }
      expect(await errorOf(studio.agent.billingManagerSettle(wrong))).toMatchObject({ code: 'invalid_argument' })
      expect(await errorOf(studio.agent.billingManagerVoid(wrong))).toMatchObject({ code: 'invalid_argument' })
    })

    it('fails, and leaves all as it was, where the books are broken', async () => {
      const reservationId = await studio.start(customerId, 'didManagerCreate')
      const transfer = { tenantId: customerId, transferId: reservationId }
      await studio.database.write((manager) => studio.ledger.void(manager, transfer), { acrossTenants: true })
      expect(await errorOf(settle(reservationId))).toMatchObject({ code: 'books_broken', status: 500 })
      const [row] = (await rowsOf(studio, customerId))['reservation'] as Record<string, unknown>[]
      expect(row).toMatchObject({ state: 'reserved', endedAt: null })
    })

    it('works through the plugin itself as it does through the agent', async () => {
      const { billing, agent } = studio
      const { reservationId = '' } = await billing.reserve({ customerId, method: 'didManagerCreate' }, agent)
      expect(await billing.settle({ customerId, reservationId })).toEqual({ reservationId, state: 'settled' })
      expect(await errorOf(billing.void({ customerId, reservationId }))).toMatchObject({ code: 'reservation_ended' })
    })
  })
})
