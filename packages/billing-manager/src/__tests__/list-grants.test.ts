import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { BillingManagerGrantCreditArgs } from '../index.js'
import { accountsPlugin, errorOf, newCustomer, openStudio, sharedDatabase, type Studio } from './studio.js'

describeOnEachDatabase('billingManagerListGrants', (fresh) => {
  const shared = sharedDatabase(fresh)
  let studio: Studio
  let customerId: string

  beforeEach(async () => {
    customerId = newCustomer()
    const accounts = { [customerId]: { plan: 'build', createdAt: '2030-02-25T08:00:00.000Z' } }
    studio = await openStudio(await shared(), { plugins: [accountsPlugin(accounts)] })
  })

  afterEach(() => studio.close())

  const grant = (idempotencyKey: string, more: Partial<BillingManagerGrantCreditArgs> = {}) =>
    studio.agent.billingManagerGrantCredit({
      ...{ customerId, meter: 'did.create', units: 2, reason: 'gift', idempotencyKey },
      ...more,
    })
  const list = (more: object = {}) => studio.agent.billingManagerListGrants({ customerId, ...more })
  const useUp = async (count: number) => {
    const ids: string[] = []
    for (let done = 0; done < count; done += 1) ids.push(await studio.start(customerId, 'didManagerCreate'))
    return ids
  }

  it('says what is left of each, oldest first, by pages and by meter', async () => {
    const first = await grant('a', { priority: 5 })
    studio.clock.advanceMs(1)
    const second = await grant('b', { meter: 'credential.issue', units: 7 })
    studio.clock.advanceMs(1)
    const third = await grant('c', { expiresAt: '2031-01-01T00:00:00.000Z' })
    await useUp(3 + 1)
    const { items } = await list()
    expect(items).toEqual([
      { ...first, remaining: 1, expired: false },
      { ...second, remaining: 7, expired: false },
      { ...third, remaining: 2, expired: false },
    ])
    const page = await list({ limit: 2 })
    expect(page.items).toEqual(items.slice(0, 2))
    expect(await list({ limit: 2, cursor: page.nextCursor })).toEqual({ items: items.slice(2) })
    expect((await list({ meter: 'did.create' })).items.map(({ grantId }) => grantId)).toEqual([
      ...[first.grantId, third.grantId],
    ])
  })

  it('shows a customer its own, and nobody another one’s', async () => {
    await grant('a')
    const own = await runInTenant(customerId, () => studio.agent.billingManagerListGrants({}))
    expect(own.items).toHaveLength(1)
    expect(await errorOf(runInTenant(newCustomer(), () => list()))).toMatchObject({ code: 'not_found' })
    expect(await errorOf(studio.agent.billingManagerListGrants({ customerId: 'nobody' }))).toMatchObject({
      code: 'not_found',
    })
    for (const wrong of [{ limit: 0 }, { limit: 101 }, { cursor: 'x' }]) {
      expect(await errorOf(list(wrong))).toMatchObject({ code: 'invalid_argument' })
    }
  })

  it('lets a call be paid that holds a unit of a grant which expires meanwhile', async () => {
    await grant('a', { expiresAt: '2030-03-01T13:00:00.000Z' })
    const reservationId = (await useUp(4)).at(-1) ?? ''
    studio.clock.set(new Date('2030-03-01T13:00:00.000Z'))
    expect((await list()).items).toMatchObject([{ units: 2, remaining: 0, expired: true }])
    expect((await studio.reserve({ customerId, method: 'didManagerCreate' })).decision).toBe('denied')
    const settled = await studio.agent.billingManagerSettle({ customerId, reservationId })
    expect(settled.state).toBe('settled')
  })

  it('gives nobody what a void returns to a grant that has expired', async () => {
    const { grantId } = await grant('a', { expiresAt: '2030-03-01T13:00:00.000Z' })
    const reservationId = (await useUp(4)).at(-1) ?? ''
    studio.clock.set(new Date('2030-03-01T13:00:00.000Z'))
    await studio.agent.billingManagerVoid({ customerId, reservationId })
    expect(await studio.balance(customerId, `grant:${grantId}`, 'unit:did.create')).toBe(2n)
    expect((await studio.reserve({ customerId, method: 'didManagerCreate' })).decision).toBe('denied')
    expect((await list()).items).toMatchObject([{ remaining: 0, expired: true }])
    expect(await studio.agent.billingManagerVerifyBooks({ customerId })).toMatchObject({ valid: true })
  })
})
