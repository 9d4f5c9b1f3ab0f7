import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { guardReservation } from '../index.js'
import { buryOthers, errorOf, emptiedDatabase, openStudio, type Studio } from './studio.js'
import { countThings, storeThing, ThingRow, thingSource, thingTables, writeInCall } from './things.js'

describeOnEachDatabase('the fence of a metered call', (fresh) => {
  const emptied = emptiedDatabase(fresh, thingTables.entities)
  let studio: Studio
  let other: Studio
  const customerId = 'alice'
  const tenantId = customerId

  beforeEach(async () => {
    const url = await emptied()
    studio = await openStudio(url, { tables: thingTables, effects: [thingSource] })
    other = await openStudio(url, { tables: thingTables, effects: [thingSource] })
  })

  afterEach(async () => {
    await studio.close()
    await other.close()
  })

  it('lets a call store while it is open', async () => {
    const reservationId = await studio.start(customerId, 'didManagerCreate')
    await storeThing(studio, { customerId, reservationId })
    expect(await countThings(studio, customerId)).toBe(1)
  })

  it('lets a call store nothing that has been given up meanwhile', async () => {
    const reservationId = await studio.start(customerId, 'didManagerCreate')
    await buryOthers(other)
    expect(await other.billing.recover()).toEqual({ settled: 0, voided: 1 })
    const late = await errorOf(storeThing(studio, { customerId, reservationId }))
    expect(late).toMatchObject({ code: 'reservation_ended', status: 409, extensions: { state: 'voided' } })
    expect(await countThings(studio, customerId)).toBe(0)
    const settle = studio.agent.billingManagerSettle({ customerId, reservationId })
    expect(await errorOf(settle)).toMatchObject({ code: 'reservation_ended' })
  })

  it('lets a call store nothing that was never reserved', async () => {
    const call = { customerId, reservationId: 'nothing' }
    expect(await errorOf(storeThing(studio, call))).toMatchObject({ code: 'not_found' })
    expect(await countThings(studio, customerId)).toBe(0)
  })

  it('makes recovery wait for the write that has passed it, and see what that stored', async () => {
    const reservationId = await studio.start(customerId, 'didManagerCreate')
    await buryOthers(other)
    let recovering: Promise<unknown> | undefined
    await writeInCall(studio, { customerId, reservationId }, async (manager) => {
      recovering = other.billing.recover()
      await sleep(300)
      await manager.insert(ThingRow, { tenantId, id: 'late', kind: 'did', callId: reservationId })
    })
    expect(await recovering).toEqual({ settled: 1, voided: 0 })
    expect(await countThings(studio, customerId)).toBe(1)
  })

  it('can be asked without the plugin', async () => {
    const reservationId = await studio.start(customerId, 'didManagerCreate')
    const ask = () =>
      studio.database.write((manager) => guardReservation(manager, { tenantId, reservationId }), {
        acrossTenants: true,
      })
    await ask()
    await studio.agent.billingManagerVoid({ customerId, reservationId })
    expect(await errorOf(ask())).toMatchObject({ code: 'reservation_ended' })
  })
})
