import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { LimitsByPeriod, MethodRule, PlanConfiguration } from '../index.js'
import {
  accountsPlugin,
  newCustomer,
  openStudio,
  sharedDatabase,
  usageOf,
  type Studio,
  type StudioOptions,
} from './studio.js'

const METER = 'did.create'
const METHODS: Record<string, MethodRule> = {
  create: { effect: 'pure', meter: METER },
  createMany: { effect: 'pure', meter: METER, units: '/items' },
  issue: { effect: 'pure', meter: 'credential.issue' },
}
const CREATED_AT = '2030-01-31T10:00:00.000Z'
const HOUR_MS = 3_600_000

function planOf(limits: number | LimitsByPeriod, more: Partial<PlanConfiguration> = {}): PlanConfiguration {
  return { plan: 'build', limits: { [METER]: limits, 'credential.issue': 1000 }, ...more }
}

describeOnEachDatabase('limits', (fresh) => {
  const shared = sharedDatabase(fresh)
  let studio: Studio | undefined
  let customerId: string

  beforeEach(() => {
    customerId = newCustomer()
  })

  afterEach(async () => {
    const open = studio
    studio = undefined
    await open?.close()
  })

  async function open(plan: PlanConfiguration, options: StudioOptions = {}, now = '2030-01-31T10:00:00.000Z') {
    await studio?.close()
    const accounts = { [customerId]: { plan: plan.plan, createdAt: CREATED_AT } }
    const plugins = [accountsPlugin(accounts)]
    studio = await openStudio(await shared(), { plans: [plan], methods: METHODS, plugins, ...options })
    studio.clock.set(new Date(now))
    return studio
  }

  const at = (now: string) => studio!.clock.set(new Date(now))
  const reserve = (method = 'create', args: object = {}) => studio!.reserve({ customerId, method, args })
  const use = async (count: number) => {
    for (let done = 0; done < count; done += 1) {
      const reservationId = await studio!.start(customerId, 'create')
      await studio!.billing.settle({ customerId, reservationId })
    }
  }
  const usage = () => usageOf(studio!, customerId, METER)
  const isWhole = async () => expect(await studio!.agent.billingManagerVerifyBooks({})).toMatchObject({ valid: true })

  describe('of several periods', () => {
    it('must all allow a call, and the nearest is the one that is shown', async () => {
      await open(planOf({ day: 2, month: 3 }))
      await use(2)
      expect(await reserve()).toMatchObject({
        decision: 'denied',
        usage: { limit: 2, used: 2, remaining: 0, resetsAt: '2030-02-01T10:00:00.000Z' },
        denial: { code: 'limit_exhausted', resetsAt: '2030-02-01T10:00:00.000Z' },
      })
      at('2030-02-01T10:00:00.000Z')
      await use(1)
      const denied = await reserve()
      expect(denied).toMatchObject({ decision: 'denied', denial: { resetsAt: '2030-02-28T10:00:00.000Z' } })
      expect(denied.usage?.limits).toEqual([
        { per: 'day', hard: false, used: 1, held: 0, limit: 2, remaining: 1, resetsAt: '2030-02-02T10:00:00.000Z' },
        { per: 'month', hard: false, used: 3, held: 0, limit: 3, remaining: 0, resetsAt: '2030-02-28T10:00:00.000Z' },
      ])
      await isWhole()
    })

    it('are all given back by a void, and all counted by a settle', async () => {
      await open(planOf({ day: 2, week: 2, year: { max: 2 }, total: 9 }))
      const reservationId = await studio!.start(customerId, 'create')
      expect((await usage()).limits?.map(({ remaining, held }) => [remaining, held])).toEqual([
        ...[
          [1, 1],
          [1, 1],
          [1, 1],
          [8, 1],
        ],
      ])
      await studio!.billing.void({ customerId, reservationId })
      expect((await usage()).limits?.map(({ remaining, held }) => [remaining, held])).toEqual([
        ...[
          [2, 0],
          [2, 0],
          [2, 0],
          [9, 0],
        ],
      ])
      await use(1)
      expect((await usage()).limits?.map(({ used }) => used)).toEqual([1, 1, 1, 1])
      await isWhole()
    })

    it('let exactly as many of many parallel calls pass as the least of them gives', async () => {
      const plan = planOf({ day: 7, month: { limit: 20, max: 25 }, total: { max: 9 } })
      const first = await open(plan)
      const other = await openStudio(await shared(), { plans: [plan], methods: METHODS })
      other.clock.set(first.clock.now())
      const racers = Array.from({ length: 24 }, (_unused, index) =>
        (index % 2 === 0 ? first : other).reserve({ customerId, method: 'create' }),
      )
      const passed = (await Promise.all(racers)).filter(({ decision }) => decision === 'reserved')
      expect(passed).toHaveLength(7)
      await other.close()
      await isWhole()
    })
  })

  describe('that are hard', () => {
    it('let nobody past, whatever grants and money there are', async () => {
      const plan = planOf({ month: { limit: 1, max: 3 } }, { prices: { [METER]: '100' } })
      await open(plan)
      await studio!.pay(customerId, 'deposit:mainnet', 10_000n)
      const grant = { customerId, meter: METER, units: 9, reason: 'gift', idempotencyKey: customerId }
      await studio!.agent.billingManagerGrantCredit(grant)
      await use(3)
      expect(await reserve()).toMatchObject({
        decision: 'denied',
        usage: { limit: 3, used: 3, remaining: 0, overage: { allowed: false, price: null } },
        denial: { code: 'limit_exhausted', price: null, missing: null, resetsAt: '2030-02-28T10:00:00.000Z' },
      })
      const { items } = await studio!.agent.billingManagerListGrants({ customerId })
      expect(items[0]).toMatchObject({ units: 9, remaining: 7 })
      expect(await studio!.balance(customerId, 'deposit:mainnet', 'mainnet:ncheq')).toBe(10_000n)
    })

    it('sell up to the hard one, and say what is missing', async () => {
      await open(planOf({ month: { limit: 1, max: 3 } }, { prices: { [METER]: '100' } }))
      await studio!.pay(customerId, 'deposit:mainnet', 150n)
      await use(2)
      expect(await reserve()).toMatchObject({
        decision: 'denied',
        usage: { limit: 1, remaining: 0, overage: { allowed: true } },
        denial: {
          code: 'balance_insufficient',
          price: { amount: '100' },
          available: { amount: '50' },
          missing: { amount: '50' },
        },
      })
    })
  })

  describe('of calls that take several units', () => {
    const many = (count: number) => reserve('createMany', { items: Array<number>(count).fill(0) })

    it('are drawn from all at once or not at all, and what does not fit leaves everything as it was', async () => {
      await open(planOf({ day: 5, month: 8 }, { prices: { [METER]: '10' } }))
      await studio!.pay(customerId, 'credit:mainnet', 10n)
      await studio!.pay(customerId, 'deposit:mainnet', 10n)
      expect(await many(8)).toMatchObject({
        decision: 'denied',
        denial: { units: 8, price: { amount: '30' }, available: { amount: '20' }, missing: { amount: '10' } },
      })
      expect(await many(7)).toMatchObject({ decision: 'reserved', usage: { held: 7, remaining: 0 } })
      expect(await studio!.balance(customerId, 'deposit:mainnet', 'mainnet:ncheq')).toBe(0n)
      await isWhole()
    })

    it('pay for what was done where that was less, and return the rest to where it came from', async () => {
      await open(planOf({ day: 2, month: 8 }, { prices: { [METER]: '10' } }))
      await studio!.pay(customerId, 'deposit:mainnet', 30n)
      const { reservationId = '' } = await many(5)
      const settle = (units: number) => studio!.agent.billingManagerSettle({ customerId, reservationId, units })
      await expect(settle(6)).rejects.toMatchObject({ code: 'invalid_argument' })
      await expect(settle(-1)).rejects.toMatchObject({ code: 'invalid_argument' })
      await expect(settle(0.5)).rejects.toMatchObject({ code: 'invalid_argument' })
      expect(await settle(3)).toEqual({ reservationId, state: 'settled' })
      expect(await studio!.balance(customerId, 'deposit:mainnet', 'mainnet:ncheq')).toBe(20n)
      expect(await studio!.balance(customerId, 'revenue', 'mainnet:ncheq')).toBe(10n)
      expect((await usage()).limits?.map(({ used, held, remaining }) => [used, held, remaining])).toEqual([
        ...[
          [3, 0, 0],
          [3, 0, 6],
        ],
      ])
      await isWhole()
    })

    it('are refused before anything is spent where their number is not one', async () => {
      await open(planOf(5))
      for (const items of [[], 0, 'x', Array(1001).fill(0)]) {
        await expect(reserve('createMany', { items })).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
      }
      expect(await usage()).toMatchObject({ used: 0, held: 0, remaining: 5 })
    })

    it('are quoted for what they take', async () => {
      await open(planOf({ day: 2, month: 8 }, { prices: { [METER]: '10' } }))
      const quote = { customerId, method: 'createMany', args: { items: [1, 2, 3] } }
      expect(await studio!.agent.billingManagerQuote(quote)).toEqual({
        ...{ meter: METER, units: 3, coveredBy: [], price: { denom: 'ncheq', amount: '10' }, affordable: false },
      })
      await studio!.pay(customerId, 'credit:mainnet', 10n)
      expect(await studio!.agent.billingManagerQuote(quote)).toMatchObject({ coveredBy: ['allowance', 'credit'] })
      await expect(studio!.agent.billingManagerQuote({ ...quote, args: { items: [] } })).rejects.toMatchObject({
        code: 'invalid_argument',
      })
    })
  })

  describe('over the end of a period', () => {
    it('count a call in the period that it was reserved in, also where it is settled after the reset', async () => {
      await open(planOf({ day: 1, month: 9 }), {}, '2030-02-28T09:59:59.999Z')
      const reservationId = await studio!.start(customerId, 'create')
      expect((await reserve()).decision).toBe('denied')
      studio!.clock.advanceMs(1)
      expect(await usage()).toMatchObject({ limit: 1, used: 0, held: 1, remaining: 1 })
      await studio!.billing.settle({ customerId, reservationId })
      expect((await usage()).limits?.map(({ used, held }) => [used, held])).toEqual([
        [0, 0],
        [0, 0],
      ])
      expect((await reserve()).decision).toBe('reserved')
      at('2030-02-28T09:59:59.999Z')
      expect((await usage()).limits?.map(({ used }) => used)).toEqual([1, 1])
      await isWhole()
    })

    it('return what is voided after the reset to the period that it came from', async () => {
      await open(planOf(1), {}, '2030-02-28T09:59:59.999Z')
      const reservationId = await studio!.start(customerId, 'create')
      studio!.clock.advanceMs(1)
      await studio!.start(customerId, 'create')
      await studio!.billing.void({ customerId, reservationId })
      expect((await reserve()).decision).toBe('denied')
    })

    it.each([
      ['2030-02-28T09:59:59.999Z', '2030-02-28T10:00:00.000Z'],
      ['2030-02-28T10:00:00.000Z', '2030-03-31T10:00:00.000Z'],
      ['2032-02-29T10:00:00.000Z', '2032-03-31T10:00:00.000Z'],
      ['2032-02-29T09:59:59.999Z', '2032-02-29T10:00:00.000Z'],
      ['2030-04-30T12:00:00.000Z', '2030-05-31T10:00:00.000Z'],
    ])('are given anew when the month of the account says so: at %s next on %s', async (now, resetsAt) => {
      await open(planOf(1), {}, now)
      expect(await usage()).toMatchObject({ remaining: 1, resetsAt })
      await use(1)
      expect((await reserve()).decision).toBe('denied')
      at(resetsAt)
      expect((await reserve()).decision).toBe('reserved')
    })

    it('follow the calendar where the plan says so', async () => {
      const plan = planOf({ day: 9, week: 9, month: 9, year: 9 }, { periods: 'calendar' })
      await open(plan, {}, '2030-03-06T12:00:00.000Z')
      expect((await usage()).limits?.map(({ resetsAt }) => resetsAt)).toEqual([
        ...['2030-03-07T00:00:00.000Z', '2030-03-11T00:00:00.000Z', '2030-04-01T00:00:00.000Z'],
        '2031-01-01T00:00:00.000Z',
      ])
      const { period } = await studio!.agent.billingManagerGetUsage({ customerId })
      expect(period).toEqual({ start: '2030-03-01T00:00:00.000Z', end: '2030-04-01T00:00:00.000Z' })
    })

    it('give nothing again where a clock is set back', async () => {
      await open(planOf({ day: 1, month: 9 }), {}, '2030-02-02T10:00:00.000Z')
      await use(1)
      at('2030-02-01T10:00:00.000Z')
      await use(1)
      expect((await reserve()).decision).toBe('denied')
      at('2030-02-02T10:00:00.000Z')
      expect((await reserve()).decision).toBe('denied')
      expect((await usage()).limits?.[1]).toMatchObject({ used: 2 })
    })
  })

  describe('that go over', () => {
    const plan = planOf({ month: { limit: 3, rollover: 4 } })

    it('add what is left to the next period, up to the most that may', async () => {
      await open(plan)
      await use(1)
      at('2030-02-28T10:00:00.000Z')
      expect(await usage()).toMatchObject({ limit: 5, used: 0, remaining: 5 })
      await use(2)
      expect(await usage()).toMatchObject({ limit: 5, used: 2, remaining: 3 })
      // 3 left, the next one of 3 unused: 6 by then, of which 4 go over.
      at('2030-04-30T10:00:00.000Z')
      expect(await usage()).toMatchObject({ limit: 7, remaining: 7 })
      await use(7)
      expect((await reserve()).decision).toBe('denied')
      await isWhole()
    })

    it('do not add anything twice, where many calls begin the period at once', async () => {
      await open(plan)
      await use(1)
      const other = await openStudio(await shared(), { plans: [plan], methods: METHODS })
      for (const each of [studio!, other]) each.clock.set(new Date('2030-02-28T10:00:00.000Z'))
      const racers = Array.from({ length: 12 }, (_unused, index) =>
        (index % 2 === 0 ? studio! : other).reserve({ customerId, method: 'create' }),
      )
      expect((await Promise.all(racers)).filter(({ decision }) => decision === 'reserved')).toHaveLength(5)
      await other.close()
      await isWhole()
    })

    it('add nothing for periods in which the customer was not there', async () => {
      await open(plan, {}, '2031-01-15T10:00:00.000Z')
      expect(await usage()).toMatchObject({ limit: 3, remaining: 3 })
    })
  })

  it('that are new count what was used before them', async () => {
    await open(planOf(9), {}, '2030-02-01T12:00:00.000Z')
    await use(2)
    await open(planOf({ day: 3, month: 9, total: { max: 4 } }), {}, '2030-02-01T13:00:00.000Z')
    expect((await usage()).limits?.map(({ used, remaining }) => [used, remaining])).toEqual([
      [2, 1],
      [2, 7],
      [2, 2],
    ])
    await use(1)
    expect((await usage()).limits?.map(({ used, remaining }) => [used, remaining])).toEqual([
      [3, 0],
      [3, 6],
      [3, 1],
    ])
    expect((await reserve()).decision).toBe('denied')
    studio!.clock.advanceMs(24 * HOUR_MS)
    await use(1)
    expect((await reserve()).decision).toBe('denied')
    await isWhole()
  })

  it('keep the price that a call was reserved at, whatever becomes of the list', async () => {
    await open(planOf(0, { prices: { [METER]: '100' } }))
    await studio!.pay(customerId, 'deposit:mainnet', 1000n)
    const reservationId = await studio!.start(customerId, 'create')
    await open(planOf(0, { prices: { [METER]: '900' } }))
    await studio!.billing.settle({ customerId, reservationId })
    expect(await studio!.balance(customerId, 'deposit:mainnet', 'mainnet:ncheq')).toBe(900n)
    await use(1)
    expect(await studio!.balance(customerId, 'deposit:mainnet', 'mainnet:ncheq')).toBe(0n)
  })
})
