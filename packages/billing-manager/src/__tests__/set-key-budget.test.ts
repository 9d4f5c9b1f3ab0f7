import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { IAgentPlugin } from '@veramo/core'
import { kitErrors, runAsPrincipal, runInTenant, type Principal } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { BillingManagerSetKeyBudgetArgs, ReserveDecision } from '../index.js'
import { buryOthers, errorOf, newCustomer, openStudio, usageOf, type Studio } from './studio.js'

/** Of every customer: k3 was rotated from k2, and that from k1; k9 is another key. */
const BUDGET_KEYS: Record<string, string> = { k1: 'k1', k2: 'k1', k3: 'k1', k9: 'k9' }
const meter = 'key.create'
const method = 'apiKeyManagerCreate'

describeOnEachDatabase('the budget of a key', (fresh) => {
  let url: string
  let studio: Studio
  let lookUps = 0

  const keys: IAgentPlugin = {
    methods: {
      apiKeyManagerGetBudgetKey: async ({ keyId }: { keyId: string }) => {
        lookUps += 1
        if (!(keyId in BUDGET_KEYS)) throw kitErrors.not_found('API key not found')
        return { keyId, budgetKeyId: BUDGET_KEYS[keyId] }
      },
    },
  }

  beforeAll(async () => {
    url = await fresh()
    studio = await openStudio(url, { plugins: [keys] })
  })
  afterAll(() => studio.close())

  const set = (customerId: string, more: Partial<BillingManagerSetKeyBudgetArgs> = {}) =>
    studio.agent.billingManagerSetKeyBudget({ customerId, keyId: 'k1', meter, units: 3, ...more })
  const call = (customerId: string, keyId = 'k1', of = studio): Promise<ReserveDecision> =>
    of.reserve({ customerId, method, keyId })
  const left = async (customerId: string, keyId = 'k1') => {
    const { items } = await studio.agent.billingManagerGetKeyBudgets({ customerId, keyId })
    return items.find((item) => item.meter === meter)?.remaining
  }
  const as = <T>(tenantId: string, keyId: string, work: () => Promise<T>): Promise<T> => {
    const principal: Principal = { tenantId, role: 'customer', keyId, permissions: ['*'], environment: 'live' }
    return runAsPrincipal(principal, work)
  }

  it('is kept, shown and taken away', async () => {
    const customerId = newCustomer()
    const refill = { interval: 'day' as const, units: 5 }
    const budget = {
      ...{ customerId, keyId: 'k1', meter, units: 3, remaining: 3, refill, resetsAt: '2030-03-02T00:00:00.000Z' },
      updatedAt: studio.clock.now().toISOString(),
    }
    expect(await set(customerId, { refill })).toEqual(budget)
    const plain = await set(customerId, { meter: 'did.create', units: 0 })
    expect(plain).toMatchObject({ units: 0, remaining: 0, refill: null, resetsAt: null })
    const args = { customerId, keyId: 'k1' }
    expect(await studio.agent.billingManagerGetKeyBudgets(args)).toEqual({ items: [plain, budget] })
    expect(await studio.agent.billingManagerDeleteKeyBudget({ ...args, meter })).toEqual({ deleted: true })
    expect(await studio.agent.billingManagerDeleteKeyBudget({ ...args, meter })).toEqual({ deleted: false })
    expect(await studio.agent.billingManagerGetKeyBudgets(args)).toEqual({ items: [plain] })
  })

  it('bounds its key, which is told, below what the customer may use; and no other key or meter', async () => {
    const customerId = newCustomer()
    await set(customerId)
    for (let count = 0; count < 3; count += 1) expect((await call(customerId)).decision).toBe('reserved')
    const { decision, denial, usage } = await call(customerId)
    expect(decision).toBe('denied')
    expect(denial).toEqual({
      ...{ code: 'key_budget_exhausted', meter, units: 1, price: null, available: { denom: 'ncheq', amount: '0' } },
      missing: null,
      ...{ network: 'mainnet', topUpAddress: null, resetsAt: null, keyId: 'k1' },
    })
    expect(usage).toMatchObject({ held: 3, remaining: 997 })
    expect((await call(customerId, 'k9')).decision).toBe('reserved')
    expect((await studio.reserve({ customerId, method })).decision).toBe('reserved')
    expect((await studio.reserve({ customerId, method: 'didManagerCreate', keyId: 'k1' })).decision).toBe('reserved')
    expect(await studio.agent.billingManagerVerifyBooks({ customerId })).toMatchObject({ valid: true })
  })

  it('is drawn, given back and taken away apart from those of other keys, meters and customers', async () => {
    const [customerId, other] = [newCustomer(), newCustomer()]
    for (const keyId of ['k1', 'k9']) await set(customerId, { keyId })
    await set(customerId, { meter: 'did.create' })
    await set(other)
    const others = async () => {
      const { items } = await studio.agent.billingManagerGetKeyBudgets({ customerId, keyId: 'k1' })
      const ofMeter = items.find((item) => item.meter === 'did.create')?.remaining
      return [await left(customerId, 'k9'), await left(other), ofMeter]
    }
    const reservationId = await studio.start(customerId, method, { keyId: 'k1' })
    expect([await left(customerId), ...(await others())]).toEqual([2, 3, 3, 3])
    await studio.agent.billingManagerVoid({ customerId, reservationId })
    expect([await left(customerId), ...(await others())]).toEqual([3, 3, 3, 3])
    await studio.agent.billingManagerDeleteKeyBudget({ customerId, keyId: 'k1', meter })
    expect([await left(customerId), ...(await others())]).toEqual([undefined, 3, 3, 3])
  })

  it('does not lift the limit of the customer', async () => {
    const customerId = newCustomer()
    await set(customerId, { meter: 'credential.issue', units: 100 })
    for (let count = 0; count < 5; count += 1) {
      await studio.start(customerId, 'createVerifiableCredential', { keyId: 'k1' })
    }
    const denied = await studio.reserve({ customerId, method: 'createVerifiableCredential', keyId: 'k1' })
    expect(denied.denial).toMatchObject({ code: 'limit_exhausted' })
    const { items } = await studio.agent.billingManagerGetKeyBudgets({ customerId, keyId: 'k1' })
    expect(items).toMatchObject([{ remaining: 95 }])
  })

  it('is told with a quote to the key', async () => {
    const customerId = newCustomer()
    await set(customerId, { units: 1 })
    const quote = (keyId: string) => as(customerId, keyId, () => studio.agent.billingManagerQuote({ method }))
    expect([(await quote('k3')).affordable, (await quote('k9')).affordable]).toEqual([true, true])
    await call(customerId)
    expect(await quote('k3')).toMatchObject({ affordable: false, coveredBy: [] })
    expect((await quote('k9')).affordable).toBe(true)
    expect((await quote('operators-key')).affordable).toBe(true)
  })

  it('is shared by the keys that a key is rotated into', async () => {
    const customerId = newCustomer()
    expect(await set(customerId, { keyId: 'k2' })).toMatchObject({ keyId: 'k1' })
    for (const keyId of ['k1', 'k2', 'k3']) expect((await call(customerId, keyId)).decision).toBe('reserved')
    for (const keyId of ['k3', 'k1']) {
      expect((await call(customerId, keyId)).denial).toMatchObject({ code: 'key_budget_exhausted', keyId: 'k1' })
    }
    expect(await left(customerId, 'k3')).toBe(0)
  })

  it('gets back what a call does not use, and keeps what it uses', async () => {
    const customerId = newCustomer()
    await set(customerId)
    const [settled, voided] = [await call(customerId), await call(customerId)]
    await studio.billing.settle({ customerId, reservationId: settled.reservationId ?? '' })
    await studio.billing.void({ customerId, reservationId: voided.reservationId ?? '' })
    expect(await left(customerId)).toBe(2)
  })

  it('is refilled when its time has come, and then gets nothing back of the time before', async () => {
    const customerId = newCustomer()
    await set(customerId, { refill: { interval: 'day', units: 2 } })
    const early = await call(customerId)
    studio.clock.advanceMs(86_400_000)
    expect(await left(customerId)).toBe(2)
    await call(customerId)
    await studio.billing.void({ customerId, reservationId: early.reservationId ?? '' })
    expect(await left(customerId)).toBe(1)
    await call(customerId)
    expect((await call(customerId)).denial).toMatchObject({ resetsAt: expect.stringMatching(/T00:00:00.000Z$/) })
  })

  it('gets nothing back of what was drawn before it was set', async () => {
    const customerId = newCustomer()
    await set(customerId)
    const early = await call(customerId)
    await set(customerId, { units: 1 })
    await studio.billing.void({ customerId, reservationId: early.reservationId ?? '' })
    expect(await left(customerId)).toBe(1)
  })

  it('is exact under calls of several processes at once, also where they fail', async () => {
    const customerId = newCustomer()
    await set(customerId, { units: 10 })
    const other = await openStudio(url, { plugins: [keys] })
    const calls = Array.from({ length: 40 }, async (_unused, index) => {
      const of = index % 2 === 0 ? studio : other
      const { decision, reservationId = '' } = await call(customerId, `k${(index % 3) + 1}`, of)
      if (decision === 'reserved' && index % 4 === 0) await of.billing.void({ customerId, reservationId })
      return decision
    })
    await Promise.all(calls)
    const { held } = await usageOf(studio, customerId, meter)
    expect(held + ((await left(customerId)) ?? 0)).toBe(10)
    for (let count = await left(customerId); count; count -= 1) await call(customerId)
    expect((await call(customerId)).decision).toBe('denied')
    expect(await usageOf(studio, customerId, meter)).toMatchObject({ held: 10 })
    expect(await studio.agent.billingManagerVerifyBooks({ customerId })).toMatchObject({ valid: true })
    await other.close()
  })

  it('gets back what a process has drawn that died', async () => {
    const customerId = newCustomer()
    await set(customerId)
    const dying = await openStudio(url, { plugins: [keys] })
    await call(customerId, 'k1', dying)
    await dying.kill()
    expect(await left(customerId)).toBe(2)
    await buryOthers(studio)
    await studio.billing.recover()
    expect(await left(customerId)).toBe(3)
  })

  it('is looked up once a key, and never where no key has one', async () => {
    const customerId = newCustomer()
    const before = lookUps
    for (let count = 0; count < 3; count += 1) await call(customerId, 'k3')
    expect(lookUps).toBe(before)
    await set(customerId, { keyId: 'k9' })
    for (let count = 0; count < 3; count += 1) await call(customerId, 'k3')
    expect(lookUps).toBe(before + 2)
  })

  it('does not keep an operator from calling for its customer', async () => {
    const customerId = newCustomer()
    await set(customerId, { units: 0 })
    expect((await call(customerId, 'operators-key')).decision).toBe('reserved')
  })

  it('is not changed by a key that has one, but by the customer’s others and the operator', async () => {
    const customerId = newCustomer()
    await as(customerId, 'k9', () => studio.agent.billingManagerSetKeyBudget({ keyId: 'k1', meter, units: 1 }))
    for (const keyId of ['k1', 'k3']) {
      const raise = { keyId: 'k1', meter, units: 9 }
      const refusals: (() => Promise<object>)[] = [
        () => studio.agent.billingManagerSetKeyBudget(raise),
        () => studio.agent.billingManagerSetKeyBudget({ ...raise, keyId: 'k9' }),
        () => studio.agent.billingManagerDeleteKeyBudget(raise),
      ]
      for (const refusal of refusals) {
        expect(await errorOf(as(customerId, keyId, refusal))).toMatchObject({ code: 'permission_denied', status: 403 })
      }
    }
    expect(await left(customerId)).toBe(1)
    expect(await set(customerId, { units: 2 })).toMatchObject({ remaining: 2 })
  })

  it('refuses what is wrong, and another customer', async () => {
    const customerId = newCustomer()
    for (const more of [
      ...[{ units: -1 }, { units: 1.5 }, { units: 2 ** 53 }, { keyId: '' }],
      ...[{ refill: { interval: 'year', units: 1 } }, { refill: { interval: 'day', units: -1 } }],
    ]) {
      expect(await errorOf(set(customerId, more as never))).toMatchObject({ code: 'invalid_argument' })
    }
    expect(await errorOf(set(customerId, { meter: 'none' }))).toMatchObject({ code: 'meter_unknown' })
    expect(await errorOf(set(customerId, { keyId: 'none' }))).toMatchObject({ code: 'not_found' })
    expect(await errorOf(runInTenant(newCustomer(), () => set(customerId)))).toMatchObject({ code: 'not_found' })
    expect(await left(customerId)).toBeUndefined()
  })
})
