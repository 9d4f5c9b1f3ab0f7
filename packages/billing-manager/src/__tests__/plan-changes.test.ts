import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { PlanDirectory, type PlanConfiguration } from '../index.js'
import { givesLess } from '../gives-less.js'
import { toPlan } from '../plan.js'
import { accountsPlugin, newCustomer, openStudio, sharedDatabase, usageOf, type Studio } from './studio.js'

const METER = 'did.create'
const CREATED_AT = '2030-01-31T10:00:00.000Z'
const METHODS = { create: { effect: 'pure', meter: METER } } as const

const PLANS: PlanConfiguration[] = [
  { plan: 'trial', trialDays: 30, then: 'small', limits: { [METER]: 2 } },
  { plan: 'small', limits: { [METER]: 3 } },
  { plan: 'large', limits: { [METER]: 5 } },
  { plan: 'paid', limits: { [METER]: 3 }, prices: { [METER]: '10' } },
  { plan: 'daily', periods: 'calendar', limits: { [METER]: { day: 1, month: 9 } } },
]

describeOnEachDatabase('a change of plan', (fresh) => {
  const shared = sharedDatabase(fresh)
  let studio: Studio
  let customerId: string

  beforeEach(async () => {
    customerId = newCustomer()
    await startOn('small')
  })

  afterEach(() => studio.close())

  async function startOn(plan: string) {
    if (plan !== 'small') await studio.close()
    const accounts = { [customerId]: { plan, createdAt: CREATED_AT } }
    studio = await openStudio(await shared(), { plans: PLANS, methods: METHODS, plugins: [accountsPlugin(accounts)] })
    studio.clock.set(new Date('2030-02-10T10:00:00.000Z'))
  }

  const setPlan = (plan: string, effective?: 'now' | 'period_end') =>
    studio.agent.billingManagerSetPlan({ customerId, plan, ...(effective && { effective }) })
  const at = (now: string) => studio.clock.set(new Date(now))
  const usage = () => studio.agent.billingManagerGetUsage({ customerId })
  const use = async (count: number) => {
    for (let done = 0; done < count; done += 1) {
      const reservationId = await studio.start(customerId, 'create')
      await studio.billing.settle({ customerId, reservationId })
    }
  }
  const decide = async () => (await studio.reserve({ customerId, method: 'create' })).decision
  const directoryPlan = () => {
    const directory = new PlanDirectory({ database: studio.database, clock: studio.clock })
    return studio.database.read((manager) => directory.planOf(manager, customerId), { acrossTenants: true })
  }
  const booksAreWhole = async () =>
    expect(await studio.agent.billingManagerVerifyBooks({ customerId })).toMatchObject({ valid: true })

  it('to one that gives more holds at once, and to one that gives less when the period ends', async () => {
    await use(2)
    expect(await setPlan('large')).toMatchObject({ plan: 'large', meters: [{ used: 2, limit: 5, remaining: 3 }] })
    const scheduled = await setPlan('small')
    expect(scheduled).toMatchObject({ plan: 'large', next: { plan: 'small', at: '2030-02-28T10:00:00.000Z' } })
    await use(3)
    expect(await decide()).toBe('denied')
    at('2030-02-28T09:59:59.999Z')
    expect(await decide()).toBe('denied')
    expect(await directoryPlan()).toBe('large')
    at('2030-02-28T10:00:00.000Z')
    expect(await directoryPlan()).toBe('small')
    expect(await usage()).toEqual({
      plan: 'small',
      period: { start: '2030-02-28T10:00:00.000Z', end: '2030-03-31T10:00:00.000Z' },
      meters: [
        {
          ...{ meter: METER, used: 0, held: 0, limit: 3, remaining: 3, resetsAt: '2030-03-31T10:00:00.000Z' },
          overage: { allowed: false, price: null },
        },
      ],
    })
    await use(3)
    expect(await decide()).toBe('denied')
    await booksAreWhole()
  })

  it('can be put off or brought forward', async () => {
    expect(await setPlan('large', 'period_end')).toMatchObject({ plan: 'small', next: { plan: 'large' } })
    expect(await setPlan('large', 'now')).not.toHaveProperty('next')
    expect(await setPlan('small', 'now')).toMatchObject({ plan: 'small' })
  })

  it('that is agreed is cancelled by naming the plan of now, and replaced by another', async () => {
    await setPlan('large')
    await setPlan('small')
    expect((await setPlan('large')).next).toBeUndefined()
    await setPlan('small')
    expect((await setPlan('trial')).next).toEqual({ plan: 'trial', at: '2030-02-28T10:00:00.000Z' })
    await setPlan('large')
    at('2030-03-15T10:00:00.000Z')
    expect((await usage()).plan).toBe('large')
  })

  it('leaves open reservations with the plan that they were made under', async () => {
    await setPlan('large')
    const opened: string[] = []
    for (let count = 0; count < 5; count += 1) opened.push(await studio.start(customerId, 'create'))
    await setPlan('small', 'now')
    expect(await usageOf(studio, customerId, METER)).toMatchObject({ held: 5, limit: 3, remaining: 0 })
    const [first = '', second = '', third = '', ...others] = opened
    for (const reservationId of others) await studio.billing.settle({ customerId, reservationId })
    for (const reservationId of [first, second]) await studio.billing.void({ customerId, reservationId })
    expect(await decide()).toBe('denied')
    await studio.billing.void({ customerId, reservationId: third })
    expect(await decide()).toBe('reserved')
    expect(await decide()).toBe('denied')
    await booksAreWhole()
  })

  it('follows a trial by itself, and what was used counts', async () => {
    await startOn('trial')
    expect(await usage()).toMatchObject({ plan: 'trial', next: { plan: 'small', at: '2030-03-02T10:00:00.000Z' } })
    at('2030-03-01T10:00:00.000Z')
    await use(2)
    expect(await decide()).toBe('denied')
    at('2030-03-02T10:00:00.000Z')
    expect(await directoryPlan()).toBe('small')
    expect(await usage()).toMatchObject({ plan: 'small', meters: [{ used: 2, limit: 3, remaining: 1 }] })
    expect(await usage()).not.toHaveProperty('next')
    await use(1)
    expect(await decide()).toBe('denied')
    expect(await usage()).toMatchObject({ meters: [{ used: 3, held: 0, remaining: 0 }] })
    at('2030-03-31T10:00:00.000Z')
    expect(await usage()).toMatchObject({ meters: [{ used: 0, remaining: 3 }] })
    await booksAreWhole()
  })

  it('follows a trial also where it ended before the first call, and where a change was agreed meanwhile', async () => {
    await startOn('trial')
    at('2031-03-02T10:00:00.000Z')
    expect(await usage()).toMatchObject({ plan: 'small', meters: [{ remaining: 3 }] })
    expect(await decide()).toBe('reserved')
    customerId = newCustomer()
    await startOn('trial')
    await setPlan('large', 'period_end')
    at('2030-03-02T10:00:00.000Z')
    expect((await usage()).plan).toBe('large')
    expect(await decide()).toBe('reserved')
    expect((await usage()).plan).toBe('large')
  })

  it('to one with other periods counts what was used in those that have begun', async () => {
    for (const instant of ['2030-02-10T00:00:00.000Z', '2030-02-10T01:00:00.000Z']) {
      at(instant)
      await use(1)
    }
    at('2030-02-10T10:00:00.000Z')
    expect(await setPlan('daily', 'now')).toMatchObject({
      plan: 'daily',
      period: { start: '2030-02-01T00:00:00.000Z' },
    })
    const shown = await usageOf(studio, customerId, METER)
    expect(shown.limits?.map(({ used, remaining }) => [used, remaining])).toEqual([
      [2, 0],
      [2, 7],
    ])
    expect(await decide()).toBe('denied')
    at('2030-02-11T00:00:00.000Z')
    await use(1)
    expect((await usageOf(studio, customerId, METER)).limits?.map(({ used, remaining }) => [used, remaining])).toEqual([
      ...[
        [1, 0],
        [3, 6],
      ],
    ])
    await booksAreWhole()
  })

  it('comes into force once, for several processes that find it due', async () => {
    await setPlan('large')
    await setPlan('small')
    const other = await openStudio(await shared(), { plans: PLANS, methods: METHODS })
    for (const { clock } of [studio, other]) clock.set(new Date('2030-02-28T10:00:00.000Z'))
    const racers = Array.from({ length: 12 }, (_unused, index) =>
      (index % 2 === 0 ? studio : other).reserve({ customerId, method: 'create' }),
    )
    expect((await Promise.all(racers)).filter(({ decision }) => decision === 'reserved')).toHaveLength(3)
    await other.close()
    await booksAreWhole()
  })
})

it('gives less where a limit is lower, is new, or more is no longer sold', () => {
  const planOf = (limits: PlanConfiguration['limits'], price?: string, trialDays?: number) =>
    toPlan({ plan: 'p', limits, ...(price && { prices: { m: price } }), ...(trialDays && { trialDays }) })
  const cases: [boolean, ReturnType<typeof planOf>, ReturnType<typeof planOf>][] = [
    [true, planOf({ m: 2 }), planOf({ m: 3 })],
    [false, planOf({ m: 3 }), planOf({ m: 3 })],
    [false, planOf({ m: 3 }), planOf({ m: 2 })],
    [true, planOf({ m: 9, other: 1 }), planOf({ m: 1, other: 2 })],
    [true, planOf({}), planOf({ m: 1 })],
    [false, planOf({ m: 1 }), planOf({})],
    [false, planOf({ m: { day: 1 } }), planOf({})],
    [true, planOf({ m: { day: 1, month: 9 } }), planOf({ m: 9 })],
    [false, planOf({ m: { month: 9 } }), planOf({ m: { day: 1, month: 9 } })],
    [true, planOf({ m: { month: { max: 9 } } }), planOf({ m: 9 })],
    [true, planOf({ m: 9 }), planOf({ m: 9 }, '5')],
    [false, planOf({ m: 9 }, '500'), planOf({ m: 9 }, '5')],
    [true, planOf({ m: 1 }, undefined, 30), planOf({ m: 2 })],
    [false, planOf({ m: 2 }), planOf({ m: 2 }, undefined, 30)],
  ]
  for (const [expected, next, current] of cases) {
    expect({ next, current, less: givesLess(next, current) }).toEqual({ next, current, less: expected })
  }
})
