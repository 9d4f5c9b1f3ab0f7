import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals'
import type { IAgentPlugin } from '@veramo/core'
import { runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { BillingManagerSetWebhookArgs } from '../index.js'
import { isSigned, Receiver } from './receiver.js'
import { buryOthers, emptiedDatabase, errorOf, openStudio, usageOf, type Studio, type StudioOptions } from './studio.js'

const URL_OF_HOOK = 'https://hooks.example/billing'
const NONE = { delivered: 0, failed: 0, skipped: 0, postponed: 0 }
const customerId = 'alice'

describeOnEachDatabase('what a customer is to hear of', (fresh) => {
  const emptied = emptiedDatabase(fresh)
  const receiver = new Receiver()
  let url: string
  let studio: Studio
  let heard: { type: string; data: unknown }[]

  const open = (options: StudioOptions = {}) => {
    const listener: IAgentPlugin = {
      eventTypes: ['billingManager.limitReached', 'billingManager.keyBudgetExhausted', 'billingManager.trialEnding'],
      onEvent: async ({ type, data }) => void heard.push({ type, data }),
    }
    return openStudio(url, { webhookFetch: receiver.fetch, plugins: [listener], ...options })
  }

  beforeAll(() => receiver.open())
  afterAll(() => receiver.close())
  beforeEach(async () => {
    url = await emptied()
    heard = []
    receiver.received.length = 0
    receiver.answers = [204]
    studio = await open()
  })
  afterEach(() => studio.close())

  const setHook = (more: Partial<BillingManagerSetWebhookArgs> = {}) =>
    studio.agent.billingManagerSetWebhook({ customerId, url: URL_OF_HOOK, ...more })
  const use = async (method: string, of = studio, keyId?: string) => {
    const reservationId = await of.start(customerId, method, keyId === undefined ? {} : { keyId })
    await of.billing.settle({ customerId, reservationId })
  }
  const useMany = async (count: number, of = studio) => {
    for (let used = 0; used < count; used += 1) await use('createVerifiableCredential', of)
  }
  const bodies = () => receiver.received.map(({ body }) => JSON.parse(body) as { data: { threshold: number } })
  const told = () => bodies().map(({ data }) => data.threshold)
  /** The errors that are told of events that were not delivered. */
  const rows = () =>
    studio.database.readRows<{ outcome: string | null; attempts: number; lastError: string | null }>(
      `SELECT "outcome", "attempts", "lastError" FROM "studio_billing_event" ORDER BY "createdAt", "eventId"`,
      [],
      { acrossTenants: true },
    )

  it('is sent, signed, once for each threshold of a limit and period', async () => {
    const { secret } = await setHook()
    await useMany(5)
    expect(await studio.billing.deliverEvents()).toEqual({ ...NONE, delivered: 3 })
    expect(told().toSorted((one, other) => one - other)).toEqual([50, 80, 100])
    const half = bodies().find(({ data }) => data.threshold === 50)
    expect(half).toEqual({
      type: 'limit.reached',
      timestamp: studio.clock.now().toISOString(),
      data: {
        ...{ customerId, meter: 'credential.issue', per: 'month', hard: false, threshold: 50, used: 3, limit: 5 },
        periodStart: studio.clock.now().toISOString(),
      },
    })
    for (const message of receiver.received) {
      expect(isSigned(secret, message)).toBe(true)
      expect(message).toMatchObject({ contentType: 'application/json', path: '/billing' })
      expect(message.id).toMatch(/^evt_[0-9A-Za-z]{24}$/)
      expect(Number(message.timestamp)).toBe(Math.floor(studio.clock.now().getTime() / 1000))
    }
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(3)
    expect(await studio.billing.deliverEvents()).toEqual(NONE)
    studio.clock.set(new Date('2030-04-02T00:00:00Z'))
    await useMany(3)
    expect(await studio.billing.deliverEvents()).toEqual({ ...NONE, delivered: 1 })
  })

  it('is not said of calls that fail or still run', async () => {
    await setHook()
    const running: string[] = []
    for (let count = 0; count < 5; count += 1)
      running.push(await studio.start(customerId, 'createVerifiableCredential'))
    for (const reservationId of running.slice(2)) await studio.billing.void({ customerId, reservationId })
    expect(await studio.billing.deliverEvents()).toEqual(NONE)
    expect(heard).toEqual([])
  })

  it('is said once of calls of several processes at once', async () => {
    await setHook()
    const plans = [{ plan: 'build', limits: { 'did.create': 1, 'credential.issue': 40, 'key.create': 1 } }]
    const [one, other] = [await open({ plans }), await open({ plans })]
    await one.start('bob', 'createVerifiableCredential')
    await Promise.all(
      Array.from({ length: 40 }, (_unused, index) => use('createVerifiableCredential', index % 2 ? one : other)),
    )
    await Promise.all([one, other, studio].map(({ billing }) => billing.deliverEvents()))
    expect(told().toSorted((a, b) => a - b)).toEqual([50, 80, 100])
    expect(heard).toHaveLength(3)
    await one.close()
    await other.close()
  })

  it('is heard by the plugins of the agent', async () => {
    await useMany(3)
    expect(heard).toEqual([
      { type: 'billingManager.limitReached', data: expect.objectContaining({ customerId, threshold: 50, used: 3 }) },
    ])
  })

  it('is said of calls that recovery has settled', async () => {
    await setHook()
    await studio.close()
    const effects = [{ find: async () => [{ kind: 'did', id: 'x' }] }]
    const dying = await open({ effects })
    studio = await open({ effects })
    await dying.start(customerId, 'didManagerCreate')
    await dying.start(customerId, 'didManagerCreate')
    await dying.kill()
    await buryOthers(studio)
    await studio.billing.recover()
    await studio.billing.deliverEvents()
    expect(told()).toEqual([50])
  })

  it('is said of the budget of a key that is used up, once each time that it is filled', async () => {
    await setHook()
    const refill = { interval: 'day' as const, units: 1 }
    await studio.agent.billingManagerSetKeyBudget({ customerId, keyId: 'k1', meter: 'key.create', units: 2, refill })
    await use('apiKeyManagerCreate', studio, 'k1')
    expect(heard).toEqual([])
    const last = await studio.start(customerId, 'apiKeyManagerCreate', { keyId: 'k1' })
    await studio.billing.void({ customerId, reservationId: last })
    await use('apiKeyManagerCreate', studio, 'k1')
    await studio.billing.deliverEvents()
    const data = { customerId, keyId: 'k1', meter: 'key.create', resetsAt: '2030-03-02T00:00:00.000Z' }
    expect(bodies()).toEqual([expect.objectContaining({ type: 'key_budget.exhausted', data })])
    studio.clock.advanceMs(86_400_000)
    await use('apiKeyManagerCreate', studio, 'k1')
    await studio.billing.deliverEvents()
    expect(bodies()).toHaveLength(2)
  })

  it('is said three days before a trial ends, once, and not of one that has ended', async () => {
    await studio.close()
    studio = await open({ defaultPlan: 'trial' })
    await setHook({ events: ['trial.ending'] })
    await useMany(1)
    await studio.agent.billingManagerSetPlan({ customerId: 'paying', plan: 'build' })
    await setHook({ customerId: 'paying', events: ['trial.ending'] })
    const endsAt = new Date(studio.clock.now().getTime() + 30 * 86_400_000).toISOString()
    studio.clock.advanceMs(27 * 86_400_000 - 1)
    await studio.billing.deliverEvents()
    expect(receiver.received).toEqual([])
    studio.clock.advanceMs(1)
    for (let count = 0; count < 3; count += 1) await studio.billing.deliverEvents()
    expect(bodies()).toMatchObject([{ type: 'trial.ending', data: { customerId, plan: 'trial', endsAt } }])
    await setHook({ customerId: 'late', events: ['trial.ending'] })
    await studio.start('late', 'didManagerCreate')
    studio.clock.advanceMs(30 * 86_400_000)
    for (let count = 0; count < 2; count += 1) await studio.billing.deliverEvents()
    expect(bodies()).toHaveLength(1)
  })

  it('is sent again after an error, with the same id and a signature of its own, until it arrives', async () => {
    const { secret } = await setHook()
    receiver.answers = [500, 302, 429, 200]
    await useMany(3)
    for (let attempt = 0; attempt < 4; attempt += 1) {
      expect(await studio.billing.deliverEvents()).toMatchObject(attempt < 3 ? { postponed: 1 } : { delivered: 1 })
      expect(await studio.billing.deliverEvents()).toEqual(NONE)
      studio.clock.advanceMs(3 * 3_600_000)
    }
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1)
    expect(new Set(receiver.received.map(({ signature }) => signature)).size).toBe(4)
    expect(receiver.received.every((message) => isSigned(secret, message))).toBe(true)
    expect(await rows()).toEqual([{ outcome: 'delivered', attempts: 4, lastError: null }])
  })

  it('is given up after ten attempts', async () => {
    await setHook()
    receiver.answers = [500]
    await useMany(3)
    for (let attempt = 0; attempt < 15; attempt += 1) {
      await studio.billing.deliverEvents()
      studio.clock.advanceMs(30 * 3_600_000)
    }
    expect(receiver.received).toHaveLength(10)
    expect(await rows()).toEqual([{ outcome: 'failed', attempts: 10, lastError: 'answered 500' }])
  })

  it('is given up as well where its secret does not open any more', async () => {
    await setHook()
    await useMany(3)
    const sql = `UPDATE "studio_webhook" SET "sealedSecret" = 'x'`
    await studio.database.write((manager) => manager.query(sql), { acrossTenants: true })
    for (let attempt = 0; attempt < 12; attempt += 1) {
      await studio.billing.deliverEvents().catch(() => undefined)
      studio.clock.advanceMs(120_000)
    }
    expect(await rows()).toMatchObject([{ outcome: 'failed', attempts: 10 }])
    expect(receiver.received).toEqual([])
  })

  it('is not sent any more to an endpoint that is gone, until it is set again', async () => {
    await setHook()
    receiver.answers = [410, 204]
    await useMany(4)
    await studio.billing.deliverEvents()
    expect(receiver.received).toHaveLength(1)
    expect(await studio.agent.billingManagerGetWebhook({ customerId })).toMatchObject({ status: 'disabled' })
    await setHook()
    expect(await studio.agent.billingManagerGetWebhook({ customerId })).toMatchObject({ status: 'enabled' })
    await useMany(1)
    expect(await studio.billing.deliverEvents()).toEqual({ ...NONE, delivered: 1 })
  })

  it('does not go to the private network, whatever the name leads to', async () => {
    await studio.close()
    studio = await open({ webhookFetch: undefined as never })
    await setHook({ url: 'https://127.0.0.1.nip.example/' })
    await useMany(3)
    expect(await studio.billing.deliverEvents()).toMatchObject({ postponed: 1 })
    const [row] = await rows()
    expect(row?.lastError).toMatch(/^fetch_(refused|failed): /)
  })

  it('is sent by one process at a time, and again by another where that one died', async () => {
    await setHook()
    let release: () => void = () => undefined
    const waiting = new Promise<void>((resolve) => (release = resolve))
    receiver.answers = [async () => waiting.then(() => 204)]
    await useMany(3)
    const other = await open()
    const first = studio.billing.deliverEvents()
    while (receiver.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await other.billing.deliverEvents()).toEqual(NONE)
    // For the others it is as if the first had stood still for longer than it may.
    other.clock.advanceMs(61_000)
    const second = other.billing.deliverEvents()
    while (receiver.received.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    release()
    await Promise.all([first, second])
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1)
    expect(await rows()).toMatchObject([{ outcome: 'delivered' }])
    await other.close()
  })

  it('arrives a customer’s one after another, oldest first', async () => {
    await setHook()
    let [running, most] = [0, 0]
    receiver.answers = [
      async () => {
        running += 1
        most = Math.max(most, running)
        await new Promise((resolve) => setTimeout(resolve, 10))
        running -= 1
        return 204
      },
    ]
    for (let count = 0; count < 5; count += 1) {
      studio.clock.advanceMs(1)
      await useMany(1)
    }
    await studio.billing.deliverEvents()
    expect([told(), most]).toEqual([[50, 80, 100], 1])
  })

  it('is skipped where nobody wants to hear of it', async () => {
    await useMany(3)
    expect(await studio.billing.deliverEvents()).toEqual({ ...NONE, skipped: 1 })
    await setHook({ events: ['trial.ending'] })
    await useMany(1)
    expect(await studio.billing.deliverEvents()).toEqual({ ...NONE, skipped: 1 })
    expect(receiver.received).toEqual([])
  })

  it('is sent by itself where recovery runs by itself', async () => {
    await setHook()
    await useMany(3)
    studio.billing.startRecovery()
    while (receiver.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(told()).toEqual([50])
  })

  it('goes where the customer says, whose secret is shown once and kept sealed', async () => {
    const { webhook, secret } = await runInTenant(customerId, () =>
      studio.agent.billingManagerSetWebhook({ url: URL_OF_HOOK, events: ['trial.ending', 'limit.reached'] }),
    )
    expect(webhook).toEqual({
      ...{ customerId, url: URL_OF_HOOK, events: ['limit.reached', 'trial.ending'], status: 'enabled' },
      createdAt: studio.clock.now().toISOString(),
    })
    expect(await studio.agent.billingManagerGetWebhook({ customerId })).toEqual(webhook)
    const kept = await studio.database.readRows(`SELECT * FROM "studio_webhook"`, [], { acrossTenants: true })
    expect(JSON.stringify(kept)).not.toContain(secret)
    expect((await setHook()).secret).not.toBe(secret)
    expect(await studio.agent.billingManagerDeleteWebhook({ customerId })).toEqual({ deleted: true })
    expect(await studio.agent.billingManagerDeleteWebhook({ customerId })).toEqual({ deleted: false })
    expect(await errorOf(studio.agent.billingManagerGetWebhook({ customerId }))).toMatchObject({ code: 'not_found' })
  })

  it.each([
    ['http://hooks.example/', 'fetch_refused'],
    ['https://127.0.0.1/', 'fetch_refused'],
    ['https://[::1]/', 'fetch_refused'],
    ['https://10.0.0.1:8443/x', 'fetch_refused'],
    ['https://localhost/', 'fetch_refused'],
    ['https://user:pass@hooks.example/', 'fetch_refused'],
    ['not an address', 'invalid_argument'],
    ['', 'invalid_argument'],
    [`https://hooks.example/${'x'.repeat(2048)}`, 'invalid_argument'],
  ])('does not go to %s', async (address, code) => {
    expect(await errorOf(setHook({ url: address }))).toMatchObject({ code, status: 400 })
  })

  it('is refused where it is wrong, to another customer, or without a seal', async () => {
    for (const more of [{ events: [] }, { events: ['none'] }, { url: undefined }]) {
      expect(await errorOf(setHook(more as never))).toMatchObject({ code: 'invalid_argument' })
    }
    for (const method of ['billingManagerGetWebhook', 'billingManagerDeleteWebhook'] as const) {
      const asked = runInTenant('bob', () => studio.agent.execute(method, { customerId }))
      expect(await errorOf(asked)).toMatchObject({ code: 'not_found' })
    }
    expect(await errorOf(runInTenant('bob', () => setHook()))).toMatchObject({ code: 'not_found' })
    const open2 = await open({ sealsAnswers: false })
    const unsealed = open2.agent.billingManagerSetWebhook({ customerId, url: URL_OF_HOOK })
    expect(await errorOf(unsealed)).toMatchObject({ code: 'setting_invalid' })
    await open2.close()
  })

  it('is no caller’s trouble where a plugin fails that hears of it', async () => {
    const onEvent = jest.fn(async () => Promise.reject(new Error('no')))
    const failing: IAgentPlugin = { eventTypes: ['billingManager.limitReached', 'error'], onEvent }
    const other = await open({ plugins: [failing] })
    await useMany(3, other)
    expect(onEvent).toHaveBeenCalled()
    expect(await usageOf(other, customerId, 'credential.issue')).toMatchObject({ used: 3, held: 0 })
    await other.close()
  })
})
