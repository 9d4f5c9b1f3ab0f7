import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { kitErrors } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { PlanDirectory, type CustomerGate } from '../index.js'
import { accountsPlugin, errorOf, newCustomer, openStudio, sharedDatabase, usageOf, type Studio } from './studio.js'

const DAY_MS = 86_400_000

describeOnEachDatabase('billingManagerSetPlan', (fresh) => {
  const shared = sharedDatabase(fresh)
  let studio: Studio
  let customerId: string

  beforeEach(async () => {
    customerId = newCustomer()
    const accounts = { [customerId]: { plan: 'trial', createdAt: '2030-02-25T08:00:00.000Z' } }
    studio = await openStudio(await shared(), { plugins: [accountsPlugin(accounts)] })
  })

  afterEach(() => studio.close())

  const setPlan = (plan: string, effective?: 'now' | 'period_end') =>
    studio.agent.billingManagerSetPlan({ customerId, plan, ...(effective && { effective }) })
  const reserveDid = () => studio.reserve({ customerId, method: 'didManagerCreate' })

  it('changes the plan at once: what is used stays used, and the new limit counts', async () => {
    for (let count = 0; count < 2; count += 1) {
      const reservationId = await studio.start(customerId, 'didManagerCreate')
      await studio.agent.billingManagerSettle({ customerId, reservationId })
    }
    expect((await reserveDid()).decision).toBe('denied')
    const usage = await setPlan('build')
    expect(usage).toMatchObject({ plan: 'build', period: { start: '2030-02-25T08:00:00.000Z' } })
    expect(usage.period.end).toBe('2030-03-25T08:00:00.000Z')
    expect(usage.meters[0]).toMatchObject({ used: 2, limit: 3, remaining: 1 })
    expect((await reserveDid()).decision).toBe('reserved')
    expect((await reserveDid()).decision).toBe('denied')
  })

  it('leaves open reservations with their plan, and takes back what nobody has used', async () => {
    await setPlan('build')
    const first = await studio.start(customerId, 'didManagerCreate')
    expect((await setPlan('trial', 'now')).meters[0]).toMatchObject({ held: 1, limit: 2, remaining: 1 })
    const second = await studio.start(customerId, 'didManagerCreate')
    expect((await reserveDid()).decision).toBe('denied')
    const sql = 'SELECT "reservationId", "planId" FROM "studio_reservation"'
    const rows = await studio.database.read(
      (manager) => manager.query<{ reservationId: string; planId: string }[]>(sql),
      { acrossTenants: true },
    )
    const planOf = new Map(rows.map(({ reservationId, planId }) => [reservationId, planId]))
    expect([planOf.get(first), planOf.get(second)]).toEqual(['build', 'trial'])
    await studio.agent.billingManagerSettle({ customerId, reservationId: first })
    expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 1, held: 1, remaining: 0 })
    expect(await studio.agent.billingManagerVerifyBooks({})).toMatchObject({ valid: true })
  })

  it('goes on with what a trial has left, also when it comes back to it', async () => {
    await studio.start(customerId, 'didManagerCreate')
    studio.clock.advanceMs(40 * DAY_MS)
    expect((await reserveDid()).decision).toBe('denied')
    expect((await setPlan('build')).meters[0]).toMatchObject({ limit: 3, remaining: 3, held: 1 })
    expect((await reserveDid()).decision).toBe('reserved')
    expect((await setPlan('trial', 'now')).meters[0]).toMatchObject({ limit: 0, remaining: 0 })
    expect((await reserveDid()).decision).toBe('denied')
  })

  it('works before the first call, and shows in the plan directory', async () => {
    const directory = new PlanDirectory({ database: studio.database })
    const planOf = () =>
      studio.database.read((manager) => directory.planOf(manager, customerId), { acrossTenants: true })
    expect(await planOf()).toBeUndefined()
    await setPlan('build')
    expect(await planOf()).toBe('build')
    expect(await reserveDid()).toMatchObject({ usage: { limit: 3, remaining: 2 } })
  })

  it('refuses plans and customers that do not exist', async () => {
    expect(await errorOf(setPlan('gold'))).toMatchObject({ code: 'plan_unknown', status: 404 })
    const nobody = studio.agent.billingManagerSetPlan({ customerId: 'nobody', plan: 'build' })
    expect(await errorOf(nobody)).toMatchObject({ code: 'not_found' })
    const operator = studio.agent.billingManagerSetPlan({ customerId: 'operator', plan: 'build' })
    expect(await errorOf(operator)).toMatchObject({ code: 'not_found' })
  })

  it('changes nothing for a customer that may not be put on a plan, and tells of many at once', async () => {
    const customers: CustomerGate = {
      hold: async () => {
        throw kitErrors.account_closed('the account is closed')
      },
    }
    await setPlan('build')
    const accounts = { [customerId]: { plan: 'trial', createdAt: '2030-02-25T08:00:00.000Z' } }
    const gated = await openStudio(await shared(), { plugins: [accountsPlugin(accounts)], customers })
    const refused = gated.agent.billingManagerSetPlan({ customerId, plan: 'trial' })
    expect(await errorOf(refused)).toMatchObject({ code: 'account_closed', status: 409 })
    const directory = new PlanDirectory({ database: studio.database })
    const plans = await studio.database.read((manager) => directory.plansOf(manager, ['nobody', customerId]), {
      acrossTenants: true,
    })
    expect([...plans]).toEqual([[customerId, 'build']])
    await gated.close()
  })

  it('ends with one plan where several are set at once', async () => {
    await Promise.all(Array.from({ length: 10 }, (_unused, index) => setPlan(index % 2 === 0 ? 'build' : 'trial')))
    await Promise.all(Array.from({ length: 8 }, () => reserveDid()))
    const { plan, meters } = await studio.agent.billingManagerGetUsage({ customerId })
    expect(meters[0]).toMatchObject({ held: plan === 'build' ? 3 : 2, remaining: 0 })
    expect(await studio.agent.billingManagerVerifyBooks({})).toMatchObject({ valid: true })
  })
})
