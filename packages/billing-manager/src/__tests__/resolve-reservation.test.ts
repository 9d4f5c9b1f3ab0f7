import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runAsPrincipal, runInTenant, type Principal } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { ScriptedChain, transaction } from './chain.js'
import { buryOthers, DIGEST, errorOf, newCustomer, openStudio, rowsOf, usageOf, type Studio } from './studio.js'
import { storeThing, thingSource, thingTables } from './things.js'

const idempotency = { key: 'key-0', digest: DIGEST }
const method = 'cheqdCreate'

describeOnEachDatabase('a reservation that stays open', (fresh) => {
  let studio: Studio

  beforeAll(async () => {
    const outcomes = [new ScriptedChain()]
    studio = await openStudio(await fresh(), { tables: thingTables, effects: [thingSource], outcomes })
  })
  afterAll(() => studio.close())

  const startBroadcast = async (customerId: string) => {
    const reservationId = await studio.start(customerId, method, { idempotency, keyId: 'k1' })
    await studio.billing.markBroadcast({ customerId, reservationId }, transaction('AA'))
    return reservationId
  }
  const list = (args: object) => studio.agent.billingManagerListReservations(args)

  it('is listed with all that is known of it', async () => {
    const customerId = newCustomer()
    const reservationId = await startBroadcast(customerId)
    const { items } = await list({ customerId })
    const createdAt = studio.clock.now().toISOString()
    expect(items).toEqual([
      {
        ...{ reservationId, customerId, method, meter: 'did.create', units: 1, effect: 'ledger', environment: 'live' },
        ...{ keyId: 'k1', state: 'broadcast', createdAt, endedAt: null },
        transactions: [
          {
            ...{ network: 'testnet', txHash: 'AA', sender: 'cheqd1sender', sequence: '7', timeoutHeight: '100' },
            ...{ markedAt: createdAt, outcome: null, reason: null, fee: null },
          },
        ],
      },
    ])
  })

  it('is found by customer and state, in pages, oldest first', async () => {
    const customerId = newCustomer()
    const made: string[] = []
    for (let count = 0; count < 3; count += 1) {
      studio.clock.advanceMs(1)
      made.push(await studio.start(customerId, 'apiKeyManagerCreate'))
    }
    studio.clock.advanceMs(1)
    const broadcast = await startBroadcast(customerId)
    const ids = async (args: object) =>
      (await list({ customerId, ...args })).items.map(({ reservationId }) => reservationId)
    expect(await ids({ state: 'reserved' })).toEqual(made)
    expect(await ids({ state: 'broadcast' })).toEqual([broadcast])
    expect((await ids({})).toSorted()).toEqual([...made, broadcast].toSorted())
    const [first = '', second = ''] = made
    await studio.billing.settle({ customerId, reservationId: first })
    await studio.billing.void({ customerId, reservationId: second })
    expect([await ids({ state: 'settled' }), await ids({ state: 'voided' })]).toEqual([[first], [second]])
    const page = await list({ customerId, limit: 1 })
    const rest = await list({ customerId, cursor: page.nextCursor })
    expect([...page.items, ...rest.items].map(({ state }) => state)).toEqual(['reserved', 'broadcast'])
    expect(rest.nextCursor).toBeUndefined()
    const all = await list({ limit: 100 })
    expect(all.items.map(({ reservationId }) => reservationId)).toContain(broadcast)
  })

  it('is not listed to another customer, nor for an argument that is wrong', async () => {
    const customerId = newCustomer()
    await startBroadcast(customerId)
    expect(await runInTenant(newCustomer(), () => list({}))).toEqual({ items: [] })
    expect(await errorOf(runInTenant(newCustomer(), () => list({ customerId })))).toMatchObject({ code: 'not_found' })
    for (const args of [{ state: 'settled' }, { state: 'lost' }, { limit: 0 }, { cursor: 'x' }]) {
      expect(await errorOf(list(args))).toMatchObject({ code: 'invalid_argument' })
    }
  })

  it.each(['settled', 'voided'] as const)(
    'is ended by an operator as %s, for good, and it is kept who did',
    async (outcome) => {
      const customerId = newCustomer()
      const reservationId = await startBroadcast(customerId)
      await storeThing(studio, { customerId, reservationId })
      const args = { customerId, reservationId, outcome, reason: 'found on the explorer' }
      const principal: Principal = {
        tenantId: 'operator',
        role: 'operator',
        keyId: 'op1',
        permissions: ['*'],
        environment: 'live',
      }
      const resolve = () => runAsPrincipal(principal, () => studio.agent.billingManagerResolveReservation(args))
      expect(await resolve()).toEqual({ reservationId, state: outcome })
      const before = await rowsOf(studio, customerId)
      expect(await errorOf(resolve())).toMatchObject({ code: 'reservation_ended', extensions: { state: outcome } })
      for (const end of ['settle', 'void'] as const) {
        const isSame = (end === 'settle' ? 'settled' : 'voided') === outcome
        const ended = studio.billing[end]({ customerId, reservationId })
        if (isSame) await ended
        else expect(await errorOf(ended)).toMatchObject({ code: 'reservation_ended' })
      }
      await buryOthers(studio)
      await studio.billing.recover()
      expect(await rowsOf(studio, customerId)).toEqual(before)
      const used = outcome === 'settled' ? 1 : 0
      expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used, held: 0 })
      const resolvedAt = studio.clock.now().toISOString()
      expect((await list({ customerId, state: outcome })).items).toMatchObject([
        { resolution: { outcome, reason: 'found on the explorer', resolvedBy: 'op1', resolvedAt } },
      ])
      const again = await studio.reserve({ customerId, method, idempotency })
      expect(again.refusal?.made ?? again.decision).toEqual(
        outcome === 'settled' ? [{ kind: 'did', id: `did-${reservationId}` }] : 'reserved',
      )
      expect(await studio.agent.billingManagerVerifyBooks({ customerId })).toMatchObject({ valid: true })
    },
  )

  it('is ended once by many at once', async () => {
    const customerId = newCustomer()
    const reservationId = await startBroadcast(customerId)
    const ends = await Promise.allSettled(
      ['settled', 'voided', 'settled', 'voided'].map((outcome) =>
        studio.agent.billingManagerResolveReservation({
          ...{ customerId, reservationId, reason: 'x', outcome: outcome as 'settled' | 'voided' },
        }),
      ),
    )
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ held: 0 })
  })

  it('is not ended for one that is wrong', async () => {
    const customerId = newCustomer()
    const reservationId = await startBroadcast(customerId)
    const good = { customerId, reservationId, outcome: 'voided' as const, reason: 'x' }
    const resolve = (more: object) => errorOf(studio.agent.billingManagerResolveReservation({ ...good, ...more }))
    expect(await resolve({ reservationId: 'none' })).toMatchObject({ code: 'not_found' })
    expect(await resolve({ customerId: newCustomer() })).toMatchObject({ code: 'not_found' })
    for (const more of [{ reason: '' }, { reason: 'x'.repeat(501) }, { outcome: 'lost' }, { reservationId: '' }]) {
      expect(await resolve(more)).toMatchObject({ code: 'invalid_argument' })
    }
    expect((await list({ customerId })).items).toHaveLength(1)
  })
})
