import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { BillingManagerGrantCreditArgs } from '../index.js'
import { readUnexpiredGrants } from '../typeorm/grant-store.js'
import {
  accountsPlugin,
  errorOf,
  NOW,
  newCustomer,
  openStudio,
  sharedDatabase,
  rowsOf,
  usageOf,
  type Studio,
} from './studio.js'

describeOnEachDatabase('billingManagerGrantCredit', (fresh) => {
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

  const gift = { meter: 'credential.issue', units: 2, reason: 'sorry', idempotencyKey: 'key-1' }
  const grant = (args: Partial<BillingManagerGrantCreditArgs> = {}, by = studio) =>
    by.agent.billingManagerGrantCredit({ customerId, ...gift, ...args })
  const reserve = () => studio.reserve({ customerId, method: 'createVerifiableCredential' })
  const useUp = async () => {
    for (let count = 0; count < 5; count += 1) await studio.start(customerId, 'createVerifiableCredential')
  }

  it('gives units beside the plan, once the plan is used up', async () => {
    expect(await grant()).toEqual({
      ...{ grantId: expect.stringMatching(/^[0-9A-Za-z]{24}$/), customerId, meter: 'credential.issue', units: 2 },
      ...{ priority: 100, expiresAt: null, reason: 'sorry', createdAt: NOW.toISOString() },
    })
    await useUp()
    const decisions = [await reserve(), await reserve(), await reserve()].map(({ decision }) => decision)
    expect(decisions).toEqual(['reserved', 'reserved', 'denied'])
    expect(await usageOf(studio, customerId, 'credential.issue')).toMatchObject({ held: 7, limit: 5, remaining: 0 })
  })

  it('is drawn by priority, then by what expires first', async () => {
    const [late, soon, urgent] = [
      await grant({ idempotencyKey: 'a', units: 1 }),
      await grant({ idempotencyKey: 'b', units: 1, expiresAt: '2031-01-01' }),
      await grant({ idempotencyKey: 'c', units: 1, priority: 1 }),
    ]
    await useUp()
    const left = async () => {
      await reserve()
      return Promise.all(
        [urgent, soon, late].map(({ grantId }) =>
          studio.balance(customerId, `grant:${grantId}`, 'unit:credential.issue'),
        ),
      )
    }
    expect([await left(), await left(), await left()]).toEqual([
      [0n, 1n, 1n],
      [0n, 0n, 1n],
      [0n, 0n, 0n],
    ])
  })

  it('is read with those of its customer and meter alone', async () => {
    await grant({ meter: 'did.create', idempotencyKey: 'other' })
    await grant({ customerId: newCustomer() })
    const { grantId } = await grant()
    const found = await studio.database.read(
      (manager) => readUnexpiredGrants(manager, { tenantId: customerId, meter: gift.meter, now: NOW }),
      { acrossTenants: true },
    )
    expect(found.map((each) => each.grantId)).toEqual([grantId])
  })

  it('ends at its very instant', async () => {
    await grant({ expiresAt: '2030-03-01T13:00:00+00:30' })
    await useUp()
    studio.clock.set(new Date('2030-03-01T12:29:59.999Z'))
    expect((await reserve()).decision).toBe('reserved')
    studio.clock.set(new Date('2030-03-01T12:30:00.000Z'))
    expect((await reserve()).decision).toBe('denied')
  })

  it('gives once for a key, also when it is asked for at once by two processes and after it has expired', async () => {
    const other = await openStudio(url)
    const expiresAt = '2030-03-02T00:00:00Z'
    const grants = await Promise.all(
      Array.from({ length: 10 }, (_unused, index) => grant({ expiresAt }, index % 2 === 0 ? studio : other)),
    )
    expect(new Set(grants.map(({ grantId }) => grantId)).size).toBe(1)
    studio.clock.set(new Date('2030-03-03T00:00:00Z'))
    expect(await grant({ expiresAt })).toEqual(grants[0])
    const balance = await studio.balance(customerId, `grant:${grants[0]?.grantId}`, 'unit:credential.issue')
    expect(balance).toBe(2n)
    await other.close()
  })

  it('is a conflict with the same key and other arguments, and gives nothing', async () => {
    await grant()
    const before = await rowsOf(studio, customerId)
    for (const change of [{ units: 3 }, { meter: 'did.create' }, { reason: 'other' }, { priority: 1 }]) {
      expect(await errorOf(grant(change))).toMatchObject({ code: 'idempotency_conflict', status: 409 })
    }
    expect(await rowsOf(studio, customerId)).toEqual(before)
    expect((await grant({ customerId: 'bob', units: 3 })).units).toBe(3)
  })

  it('refuses what cannot be, and gives nothing', async () => {
    const wrong: [Partial<BillingManagerGrantCreditArgs>, string][] = [
      [{ meter: 'moon.landing' }, 'meter_unknown'],
      [{ units: 0 }, 'invalid_argument'],
      [{ units: 1.5 }, 'invalid_argument'],
      [{ units: 2 ** 53 }, 'invalid_argument'],
      [{ priority: 2 ** 31 }, 'invalid_argument'],
      [{ reason: '' }, 'invalid_argument'],
      [{ reason: 'r'.repeat(501) }, 'invalid_argument'],
      [{ idempotencyKey: 'a\u0000' }, 'invalid_argument'],
      [{ expiresAt: 'tomorrow' }, 'invalid_argument'],
      [{ expiresAt: '2030-02-31T00:00:00' }, 'invalid_argument'],
      [{ expiresAt: NOW.toISOString() }, 'invalid_argument'],
      [{ customerId: 'operator' }, 'not_found'],
    ]
    for (const [args, code] of wrong) expect({ args, ...(await errorOf(grant(args))) }).toMatchObject({ args, code })
    expect(Object.values(await rowsOf(studio, customerId)).flat()).toEqual([])
  })

  it('holds the largest number of units exactly', async () => {
    const units = Number.MAX_SAFE_INTEGER
    const { grantId } = await grant({ units })
    expect((await grant({ units })).units).toBe(units)
    expect(await studio.balance(customerId, `grant:${grantId}`, 'unit:credential.issue')).toBe(9007199254740991n)
  })

  it('gives nothing to a customer without an account, where there are accounts', async () => {
    const other = await openStudio(await fresh(), { plugins: [accountsPlugin({})] })
    expect(await errorOf(grant({}, other))).toMatchObject({ code: 'not_found' })
    await other.close()
  })

  it('keeps what is left over a restart', async () => {
    await grant()
    await useUp()
    await studio.kill()
    studio = await openStudio(url)
    expect((await reserve()).decision).toBe('reserved')
  })
})
