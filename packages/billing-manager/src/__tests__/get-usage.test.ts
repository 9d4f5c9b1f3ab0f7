import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import {
  accountsPlugin,
  BUILD,
  errorOf,
  NOW,
  newCustomer,
  openStudio,
  sharedDatabase,
  rowsOf,
  TRIAL,
  usageOf,
  type Studio,
} from './studio.js'

describeOnEachDatabase('billingManagerGetUsage', (fresh) => {
  const shared = sharedDatabase(fresh)
  let studio: Studio
  let url: string
  let customerId: string

  beforeEach(async () => {
    url = await shared()
    customerId = newCustomer()
    studio = await openStudio(url)
  })

  afterEach(() => studio.close())

  const restartWith = async (limits: Record<string, number>) => {
    await studio.close()
    studio = await openStudio(url, { plans: [{ ...BUILD, limits: { ...BUILD.limits, ...limits } }] })
  }
  const use = async (count: number) => {
    for (let each = 0; each < count; each += 1) {
      const reservationId = await studio.start(customerId, 'didManagerCreate')
      await studio.agent.billingManagerSettle({ customerId, reservationId })
    }
  }

  it('shows the meters of the plan in its order before anything is used, and writes nothing', async () => {
    const none = { allowed: false, price: null }
    const untouched = { used: 0, held: 0, resetsAt: '2030-04-01T12:00:00.000Z' }
    const usage = await studio.agent.billingManagerGetUsage({ customerId })
    expect(usage).toEqual({
      plan: 'build',
      period: { start: NOW.toISOString(), end: '2030-04-01T12:00:00.000Z' },
      meters: [
        {
          ...{ meter: 'did.create', ...untouched, limit: 3, remaining: 3 },
          overage: { allowed: true, price: { denom: 'ncheq', amount: '100' } },
        },
        { meter: 'credential.issue', ...untouched, limit: 5, remaining: 5, overage: none },
        { meter: 'key.create', ...untouched, limit: 1000, remaining: 1000, overage: none },
      ],
    })
    expect(Object.values(await rowsOf(studio, customerId)).flat()).toEqual([])
  })

  it('counts all units as used, also those that money or a grant paid', async () => {
    await studio.pay(customerId, 'credit:mainnet', 1000n)
    await studio.agent.billingManagerGrantCredit({
      ...{ customerId, meter: 'did.create', units: 1, reason: 'gift', idempotencyKey: 'k' },
    })
    await use(6)
    expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 6, limit: 3, remaining: 0 })
    expect(await studio.balance(customerId, 'credit:mainnet', 'mainnet:ncheq')).toBe(800n)
  })

  it('begins anew with each period, and finds the one before where the clock is set back', async () => {
    await use(2)
    studio.clock.set(new Date('2030-04-01T12:00:00.000Z'))
    expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 0, remaining: 3 })
    await use(1)
    studio.clock.set(NOW)
    expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 2, remaining: 1 })
    await use(1)
    studio.clock.set(new Date('2030-04-01T12:00:00.000Z'))
    expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 1, remaining: 2 })
  })

  it('shows a limit that the configuration has raised after a restart, and gives it', async () => {
    await use(2)
    await restartWith({ 'did.create': 4 })
    expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 2, limit: 4, remaining: 2 })
    await use(2)
    expect((await studio.reserve({ customerId, method: 'didManagerCreate' })).decision).toBe('denied')
  })

  it('shows a limit that the configuration has lowered after a restart, and takes nothing back that is used', async () => {
    await use(2)
    const held = await studio.start(customerId, 'didManagerCreate')
    await restartWith({ 'did.create': 1 })
    expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 2, held: 1, limit: 1, remaining: 0 })
    const denied = await studio.reserve({ customerId, method: 'didManagerCreate' })
    expect(denied).toMatchObject({ decision: 'denied', usage: { remaining: 0, limit: 1 } })
    await studio.agent.billingManagerVoid({ customerId, reservationId: held })
    // What is given back does not make up for a limit that is passed already.
    expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 2, held: 0, remaining: 0 })
    expect((await studio.reserve({ customerId, method: 'didManagerCreate' })).decision).toBe('denied')
    await restartWith({ 'did.create': 3 })
    expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 2, limit: 3, remaining: 1 })
    await use(1)
    expect(await studio.agent.billingManagerVerifyBooks({})).toMatchObject({ valid: true })
  })

  it('shows the end of a trial: no units, and no new ones', async () => {
    const trial = await openStudio(await fresh(), { plans: [TRIAL] })
    await trial.start(customerId, 'didManagerCreate')
    trial.clock.advanceMs(31 * 86_400_000)
    const { period } = await trial.agent.billingManagerGetUsage({ customerId })
    expect(period).toEqual({ start: NOW.toISOString(), end: '2030-03-31T12:00:00.000Z' })
    const over = { held: 1, limit: 0, remaining: 0, resetsAt: null }
    expect(await usageOf(trial, customerId, 'did.create')).toMatchObject(over)
    await trial.close()
  })

  it('keeps customers on a plan that is no longer configured', async () => {
    await use(1)
    await studio.close()
    studio = await openStudio(url, { plans: [TRIAL] })
    expect(await studio.agent.billingManagerGetUsage({ customerId })).toMatchObject({ plan: 'build' })
    await use(1)
    expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 2, limit: 3 })
    expect(await studio.agent.billingManagerGetUsage({ customerId: 'new' })).toMatchObject({ plan: 'trial' })
  })

  it('has the plan and the age of an account that has used nothing', async () => {
    const accounts = { old: { plan: 'trial', createdAt: '2030-02-20T08:00:00.000Z' } }
    const other = await openStudio(await fresh(), { plugins: [accountsPlugin(accounts)] })
    const usage = await other.agent.billingManagerGetUsage({ customerId: 'old' })
    expect(usage).toMatchObject({ plan: 'trial', period: { start: '2030-02-20T08:00:00.000Z' } })
    const nobody = other.agent.billingManagerGetUsage({ customerId: 'nobody' })
    expect(await errorOf(nobody)).toMatchObject({ code: 'not_found' })
    await other.close()
  })

  it("is a customer's own, who need not name itself", async () => {
    await use(1)
    const own = await runInTenant(customerId, () => studio.agent.billingManagerGetUsage({}))
    expect(own.meters[0]).toMatchObject({ used: 1 })
    const asBob = runInTenant('bob', () => studio.agent.billingManagerGetUsage({ customerId }))
    expect(await errorOf(asBob)).toMatchObject({ code: 'not_found' })
    expect(await errorOf(studio.agent.billingManagerGetUsage({}))).toMatchObject({ code: 'invalid_argument' })
  })
})
