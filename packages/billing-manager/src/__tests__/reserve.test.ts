import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { BillingManagerReserveArgs } from '../index.js'
import {
  accountsPlugin,
  BUILD,
  errorOf,
  METHODS,
  NOW,
  MODES,
  openStudio,
  sharedDatabase,
  rowsOf,
  TRIAL,
  type Studio,
} from './studio.js'

describe.each(MODES)('$how', ({ alone }) => {
  describeOnEachDatabase('billingManagerReserve', (fresh) => {
    const shared = sharedDatabase(fresh)
    let studio: Studio
    let url: string

    beforeEach(async () => {
      url = await shared()
      studio = await openStudio(url, { alone })
    })

    afterEach(() => studio.close())

    const reserveDid = (customerId: string, by = studio) => by.reserve({ customerId, method: 'didManagerCreate' })

    it('sets a unit of the plan aside, and says how the meter stands', async () => {
      const decision = await reserveDid('alice')
      expect(decision).toEqual({
        decision: 'reserved',
        reservationId: expect.stringMatching(/^[0-9A-Za-z]{24}$/),
        usage: {
          ...{ meter: 'did.create', used: 0, held: 1, limit: 3, remaining: 2, resetsAt: '2030-04-01T12:00:00.000Z' },
          overage: { allowed: true, price: { denom: 'ncheq', amount: '100' } },
        },
      })
    })

    it('writes nothing for a free method', async () => {
      expect(await studio.reserve({ customerId: 'free', method: 'resolveDid' })).toEqual({ decision: 'free' })
      expect(Object.values(await rowsOf(studio, 'free')).flat()).toEqual([])
    })

    it('refuses a method that nobody has declared', async () => {
      const failure = await errorOf(studio.reserve({ customerId: 'alice', method: 'toString' }))
      expect(failure).toMatchObject({ code: 'method_undeclared', status: 500 })
    })

    it('denies past a hard limit, and changes nothing', async () => {
      const method = 'createVerifiableCredential'
      for (let count = 0; count < 5; count += 1) await studio.start('bob', method)
      const before = await rowsOf(studio, 'bob')
      const decision = await studio.reserve({ customerId: 'bob', method })
      expect(decision).toMatchObject({
        decision: 'denied',
        usage: { used: 0, held: 5, limit: 5, remaining: 0 },
        denial: {
          ...{ code: 'limit_exhausted', meter: 'credential.issue', units: 1, price: null, topUpAddress: null },
          ...{ available: { denom: 'ncheq', amount: '0' }, network: 'mainnet', resetsAt: '2030-04-01T12:00:00.000Z' },
        },
      })
      expect(decision.reservationId).toBeUndefined()
      expect(await rowsOf(studio, 'bob')).toEqual(before)
    })

    it('denies overage without money, and lets it through once there is credit', async () => {
      for (let count = 0; count < 3; count += 1) await studio.start('carol', 'didManagerCreate')
      await studio.pay('carol', 'deposit:mainnet', 40n)
      expect(await reserveDid('carol')).toMatchObject({
        decision: 'denied',
        denial: {
          ...{ code: 'balance_insufficient', price: { denom: 'ncheq', amount: '100' }, network: 'mainnet' },
          available: { denom: 'ncheq', amount: '40' },
        },
      })
      await studio.pay('carol', 'credit:mainnet', 100n)
      const decision = await reserveDid('carol')
      expect(decision).toMatchObject({ decision: 'reserved', usage: { held: 4, used: 0, remaining: 0 } })
      expect(await studio.balance('carol', 'credit:mainnet', 'mainnet:ncheq')).toBe(0n)
      expect(await studio.balance('carol', 'deposit:mainnet', 'mainnet:ncheq')).toBe(40n)
      await studio.agent.billingManagerSettle({ customerId: 'carol', reservationId: decision.reservationId ?? '' })
      expect(await studio.balance('carol', 'revenue', 'mainnet:ncheq')).toBe(100n)
    })

    it('pays test calls from the testnet alone', async () => {
      for (let count = 0; count < 3; count += 1) await studio.start('dave', 'didManagerCreate')
      await studio.pay('dave', 'credit:mainnet', 1000n)
      const test = { customerId: 'dave', method: 'didManagerCreate', environment: 'test' } as const
      expect(await studio.reserve(test)).toMatchObject({ decision: 'denied', denial: { network: 'testnet' } })
      await studio.pay('dave', 'credit:testnet', 100n)
      expect((await studio.reserve(test)).decision).toBe('reserved')
      expect(await studio.balance('dave', 'credit:mainnet', 'mainnet:ncheq')).toBe(1000n)
    })

    it('moves amounts past 2^53 exactly', async () => {
      const price = '9007199254740993'
      const plans = [{ ...BUILD, limits: { ...BUILD.limits, 'did.create': 0 }, prices: { 'did.create': price } }]
      const other = await openStudio(await fresh(), { alone, plans })
      await other.pay('alice', 'credit:mainnet', BigInt(price) * 2n - 1n)
      const reservationId = await other.start('alice', 'didManagerCreate')
      expect(await reserveDid('alice', other)).toMatchObject({
        decision: 'denied',
        denial: { price: { amount: price }, available: { amount: '0' } },
      })
      await other.agent.billingManagerSettle({ customerId: 'alice', reservationId })
      expect(await other.balance('alice', 'revenue', 'mainnet:ncheq')).toBe(9007199254740993n)
      expect(await other.balance('alice', 'credit:mainnet', 'mainnet:ncheq')).toBe(9007199254740992n)
      await other.close()
    })

    it('lets exactly as many of many parallel calls pass as there are units, from two processes', async () => {
      const other = await openStudio(url, { alone })
      const method = 'createVerifiableCredential'
      const racers = Array.from({ length: 24 }, (_unused, index) =>
        (index % 2 === 0 ? studio : other).reserve({ customerId: 'erin', method }),
      )
      const decisions = await Promise.all(racers)
      const passed = decisions.flatMap(({ reservationId = [] }) => reservationId)
      expect(passed).toHaveLength(5)
      expect(decisions.filter(({ decision }) => decision === 'denied')).toHaveLength(19)
      await Promise.all(
        passed.map((reservationId, index) =>
          (index % 2 === 0 ? studio : other).agent.billingManagerSettle({ customerId: 'erin', reservationId }),
        ),
      )
      const { meters } = await other.agent.billingManagerGetUsage({ customerId: 'erin' })
      expect(meters[1]).toMatchObject({ meter: 'credential.issue', used: 5, held: 0, remaining: 0 })
      expect(await studio.balance('erin', 'held', 'unit:credential.issue')).toBe(0n)
      expect(await studio.agent.billingManagerVerifyBooks({ customerId: 'erin' })).toMatchObject({ valid: true })
      await other.close()
    })

    it('lets exactly as many pass as can be paid for, from two processes', async () => {
      const other = await openStudio(url, { alone })
      await studio.pay('fay', 'credit:mainnet', 250n)
      await studio.pay('fay', 'deposit:mainnet', 150n)
      const racers = Array.from({ length: 20 }, (_unused, index) => reserveDid('fay', index % 2 === 0 ? studio : other))
      const passed = (await Promise.all(racers)).filter(({ decision }) => decision === 'reserved')
      expect(passed).toHaveLength(3 + 2 + 1)
      expect(await studio.balance('fay', 'credit:mainnet', 'mainnet:ncheq')).toBe(50n)
      expect(await studio.balance('fay', 'deposit:mainnet', 'mainnet:ncheq')).toBe(50n)
      expect(await studio.agent.billingManagerVerifyBooks({ customerId: 'fay' })).toMatchObject({ valid: true })
      await other.close()
    })

    it('begins a new period with a new allowance, also for several processes at once', async () => {
      const method = 'createVerifiableCredential'
      for (let count = 0; count < 5; count += 1) await studio.start('gina', method)
      const later = await openStudio(url, { alone })
      const latest = await openStudio(url, { alone })
      for (const { clock } of [later, latest]) clock.set(new Date('2030-04-01T12:00:00.000Z'))
      const racers = Array.from({ length: 12 }, (_unused, index) =>
        (index % 2 === 0 ? later : latest).reserve({ customerId: 'gina', method }),
      )
      expect((await Promise.all(racers)).filter(({ decision }) => decision === 'reserved')).toHaveLength(5)
      // A clock that is set back finds the period before as it was left.
      expect(await studio.reserve({ customerId: 'gina', method })).toMatchObject({ decision: 'denied' })
      await later.close()
      await latest.close()
    })

    it('starts customers with the plan and the age of their account, and no others', async () => {
      const accounts = { old: { plan: 'trial', createdAt: '2030-02-20T08:00:00.000Z' } }
      const wrong = { typo: { plan: 'trail', createdAt: '2030-02-20T08:00:00.000Z' } }
      const other = await openStudio(await fresh(), { alone, plugins: [accountsPlugin({ ...accounts, ...wrong })] })
      expect(await reserveDid('old', other)).toMatchObject({ usage: { limit: 2, resetsAt: null } })
      expect(await errorOf(reserveDid('nobody', other))).toMatchObject({ code: 'not_found', status: 404 })
      expect(await errorOf(reserveDid('typo', other))).toMatchObject({ code: 'plan_unknown', status: 404 })
      expect(Object.values(await rowsOf(other, 'typo')).flat()).toEqual([])
      const { period } = await other.agent.billingManagerGetUsage({ customerId: 'old' })
      expect(period).toEqual({ start: '2030-02-20T08:00:00.000Z', end: '2030-03-22T08:00:00.000Z' })
      await other.start('old', 'didManagerCreate')
      const denied = await reserveDid('old', other)
      expect(denied.denial).toMatchObject({ topUpAddress: 'cheqd1oldmain', resetsAt: null })
      await other.close()
    })

    it('gives nothing after a trial, and sells', async () => {
      const other = await openStudio(await fresh(), { alone, plans: [TRIAL] })
      const reservationId = await other.start('alice', 'didManagerCreate')
      other.clock.advanceMs(30 * 86_400_000)
      expect(await reserveDid('alice', other)).toMatchObject({
        decision: 'denied',
        usage: { limit: 0, remaining: 0, held: 1, resetsAt: null },
        denial: { code: 'balance_insufficient', price: { amount: '1000' } },
      })
      await other.pay('alice', 'deposit:mainnet', 1000n)
      expect(await reserveDid('alice', other)).toMatchObject({ decision: 'reserved', usage: { remaining: 0 } })
      await other.agent.billingManagerVoid({ customerId: 'alice', reservationId })
      expect(await reserveDid('alice', other)).toMatchObject({ decision: 'denied' })
      const { meters } = await other.agent.billingManagerGetUsage({ customerId: 'alice' })
      expect(meters[0]).toMatchObject({ limit: 0, remaining: 0, held: 1 })
      await other.close()
    })

    it('keeps what was set aside over a restart', async () => {
      const reservationId = await studio.start('ivan', 'didManagerCreate')
      await studio.kill()
      studio = await openStudio(url, { alone })
      expect(await reserveDid('ivan')).toMatchObject({ usage: { held: 2, remaining: 1 } })
      const settled = await studio.agent.billingManagerSettle({ customerId: 'ivan', reservationId })
      expect(settled).toEqual({ reservationId, state: 'settled' })
    })

    it('remembers who called what, under which plan', async () => {
      await studio.start('helen', 'didManagerCreate', { keyId: 'key-1', environment: 'test' })
      expect((await rowsOf(studio, 'helen'))['reservation']).toMatchObject([
        {
          ...{ method: 'didManagerCreate', meter: 'did.create', units: 1, effect: 'stored', makes: 'did' },
          ...{ environment: 'test', planId: 'build', planVersion: 1, periodStart: NOW.toISOString(), keyId: 'key-1' },
          ...{ state: 'reserved', createdAt: NOW.toISOString(), endedAt: null, idempotencyKey: null },
        },
      ])
    })

    it('refuses customers, environments and keys that cannot be', async () => {
      const wrong: [Partial<BillingManagerReserveArgs>, string][] = [
        [{ customerId: 'operator' }, 'not_found'],
        [{ customerId: '' }, 'invalid_argument'],
        [{ customerId: 'a\u0000b' }, 'invalid_argument'],
        [{ environment: 'prod' as 'live' }, 'invalid_argument'],
        [{ idempotency: { key: '', digest: 'd' } }, 'invalid_argument'],
        [{ idempotency: { key: 'k'.repeat(256), digest: 'd' } }, 'invalid_argument'],
        [{ idempotency: { key: 'a\nb', digest: 'd' } }, 'invalid_argument'],
      ]
      for (const [args, code] of wrong) {
        const call = studio.reserve({ customerId: 'nobody', method: 'didManagerCreate', ...args })
        expect({ args, ...(await errorOf(call)) }).toMatchObject({ args, code })
      }
      expect(Object.values(await rowsOf(studio, 'nobody')).flat()).toEqual([])
    })

    it('works for no other tenant than the one that it runs in', async () => {
      const failure = await errorOf(runInTenant('mallory', () => reserveDid('alice')))
      expect(failure).toMatchObject({ code: 'not_found' })
    })

    it('is refused at start where an exposed method has no rule', async () => {
      const failure = await errorOf(openStudio(url, { exposedMethods: [...Object.keys(METHODS), 'keyManagerSign'] }))
      expect(failure).toMatchObject({ code: 'plans_invalid' })
      expect(failure['message']).toContain('method_undeclared: keyManagerSign')
    })
  })
})
