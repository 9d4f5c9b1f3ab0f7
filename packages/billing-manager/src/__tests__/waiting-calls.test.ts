import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { Database } from '@veramo-studio/plugin-kit'
import type { BillingManagerReserveArgs, ReserveDecision } from '../index.js'
import { DIGEST, errorOf, newCustomer, openStudio, rowsOf, usageOf, type Studio } from './studio.js'

const CREDENTIAL = 'createVerifiableCredential'
const KEY = 'apiKeyManagerCreate'
const keyed = (key: string) => ({ idempotency: { key, digest: DIGEST } })

describeOnEachDatabase('calls that wait together', (fresh) => {
  let url: string
  let studio: Studio
  /** How many pieces of work the writer was given. */
  let writes = 0
  /** Runs in the next write, after its work. */
  let breakWrite: (() => void) | undefined

  beforeAll(async () => {
    const wrapDatabase = (database: Database): Database =>
      new Proxy(database, {
        get: (target, property) => {
          const value = Reflect.get(target, property, target) as unknown
          if (property !== 'write') return typeof value === 'function' ? (value.bind(target) as unknown) : value
          const write: Database['write'] = (work, options) => {
            writes += 1
            return target.write(async (manager) => {
              const result = await work(manager)
              const broken = breakWrite
              breakWrite = undefined
              broken?.()
              return result
            }, options)
          }
          return write
        },
      })
    url = await fresh()
    studio = await openStudio(url, { wrapDatabase })
  })

  afterAll(() => studio.close())

  /** A customer that has called before: what it is given for the period is given. */
  const regular = async (method = CREDENTIAL): Promise<string> => {
    const customerId = newCustomer()
    await studio.agent.billingManagerVoid({ customerId, reservationId: await studio.start(customerId, method) })
    return customerId
  }
  const together = (requests: BillingManagerReserveArgs[]) => Promise.all(requests.map((each) => studio.reserve(each)))
  const decisions = (answers: readonly ReserveDecision[]) => answers.map(({ decision }) => decision)
  const verify = async (customerId: string) =>
    expect(await studio.agent.billingManagerVerifyBooks({ customerId })).toMatchObject({ valid: true })

  it('share a write, and each is answered what it has left', async () => {
    const customerId = await regular(KEY)
    writes = 0
    const answers = await together(Array.from({ length: 20 }, () => ({ customerId, method: KEY })))
    expect(writes).toBe(1)
    expect(answers.map(({ usage }) => usage?.remaining)).toEqual(
      Array.from({ length: 20 }, (_none, index) => 999 - index),
    )
    expect(answers.map(({ usage }) => usage?.held)).toEqual(Array.from({ length: 20 }, (_none, index) => index + 1))
    writes = 0
    await Promise.all(
      answers.map(({ reservationId = '' }) => studio.agent.billingManagerSettle({ customerId, reservationId })),
    )
    expect(writes).toBe(1)
    expect(await usageOf(studio, customerId, 'key.create')).toMatchObject({ used: 20, held: 0, remaining: 980 })
    await verify(customerId)
  })

  it('are at most 64 in a write', async () => {
    const customerId = await regular(KEY)
    writes = 0
    const answers = await together(Array.from({ length: 65 }, () => ({ customerId, method: KEY })))
    expect(writes).toBe(2)
    expect(answers[64]).toMatchObject({ decision: 'reserved', usage: { held: 65 } })
  })

  it('a lone call is decided like a group of one', async () => {
    const [alone, grouped] = [await regular(), await regular()]
    const one = await studio.reserve({ customerId: alone, method: CREDENTIAL })
    const [first] = await together([1, 2].map(() => ({ customerId: grouped, method: CREDENTIAL })))
    expect({ ...first, reservationId: '' }).toEqual({ ...one, reservationId: '' })
    const plain = (rows: Record<string, unknown>) =>
      (rows['reservation'] as Record<string, unknown>[])
        .filter(({ state }) => state === 'reserved')
        .map((row) => ({ ...row, tenantId: '', reservationId: '' }))
    expect(plain(await rowsOf(studio, grouped))[0]).toEqual(plain(await rowsOf(studio, alone))[0])
  })

  it('the last unit goes to the first in line', async () => {
    const customerId = await regular()
    const answers = await together(Array.from({ length: 8 }, () => ({ customerId, method: CREDENTIAL })))
    const expected = [...Array.from({ length: 5 }, () => 'reserved'), ...Array.from({ length: 3 }, () => 'denied')]
    expect(decisions(answers)).toEqual(expected)
    expect(answers[7]).toMatchObject({ usage: { held: 5, remaining: 0 }, denial: { code: 'limit_exhausted' } })
    await verify(customerId)
  })

  it('one is denied, one repeats a key, one has no subscription, one is new in its meter: each as if alone', async () => {
    const customerId = await regular()
    const stranger = newCustomer()
    const first = await studio.start(customerId, CREDENTIAL, keyed('before'))
    const answer = { ok: true, body: '"made"' }
    await studio.billing.settle({ customerId, reservationId: first, answer })
    const answers = await together([
      { customerId, method: CREDENTIAL },
      { customerId, method: CREDENTIAL, ...keyed('before') },
      { customerId, method: CREDENTIAL, ...keyed('new') },
      { customerId, method: CREDENTIAL, ...keyed('new') },
      { customerId: stranger, method: CREDENTIAL },
      { customerId, method: KEY },
      { customerId, method: CREDENTIAL },
      { customerId, method: CREDENTIAL },
      { customerId, method: CREDENTIAL },
    ])
    expect(answers).toMatchObject([
      { decision: 'reserved' },
      { decision: 'replayed', answer },
      { decision: 'reserved' },
      { decision: 'refused', refusal: { code: 'idempotency_running' } },
      { decision: 'reserved' },
      { decision: 'reserved' },
      { decision: 'reserved' },
      { decision: 'reserved' },
      { decision: 'denied', denial: { code: 'limit_exhausted' } },
    ])
    await verify(customerId)
    await verify(stranger)
  })

  it('pay with grants, credit and deposit in their order, each unit once', async () => {
    const customerId = await regular('didManagerCreate')
    const grant = { customerId, meter: 'did.create', units: 2, reason: 'gift', idempotencyKey: 'g' }
    await studio.agent.billingManagerGrantCredit(grant)
    await studio.pay(customerId, 'credit:mainnet', 150n)
    await studio.pay(customerId, 'deposit:mainnet', 199n)
    const answers = await together(Array.from({ length: 9 }, () => ({ customerId, method: 'didManagerCreate' })))
    expect(decisions(answers).filter((each) => each === 'reserved')).toHaveLength(7)
    expect(answers[8]).toMatchObject({ denial: { code: 'balance_insufficient', available: { amount: '99' } } })
    expect(await studio.balance(customerId, 'credit:mainnet', 'mainnet:ncheq')).toBe(50n)
    expect(await studio.balance(customerId, 'deposit:mainnet', 'mainnet:ncheq')).toBe(99n)
    await verify(customerId)
  })

  it('a group that fails half-way leaves nothing, and each is decided alone', async () => {
    const customerId = await regular(KEY)
    const before = await rowsOf(studio, customerId)
    breakWrite = () => {
      throw new Error('no fault of the store')
    }
    writes = 0
    const answers = await together([1, 2, 3].map(() => ({ customerId, method: KEY })))
    expect(decisions(answers)).toEqual(['reserved', 'reserved', 'reserved'])
    expect(writes).toBe(4)
    const rows = await rowsOf(studio, customerId)
    expect((rows['reservation'] as unknown[]).length - (before['reservation'] as unknown[]).length).toBe(3)
    breakWrite = () => {
      throw new Error('no fault of the store')
    }
    writes = 0
    const ids = answers.map(({ reservationId = '' }) => reservationId)
    await Promise.all(ids.map((reservationId) => studio.billing.settle({ customerId, reservationId })))
    expect(writes).toBe(4)
    expect(await usageOf(studio, customerId, 'key.create')).toMatchObject({ used: 3, held: 0 })
    await verify(customerId)
  })

  it('a fault of the store is told to each, and leaves nothing', async () => {
    const customerId = await regular(KEY)
    const before = await rowsOf(studio, customerId)
    breakWrite = () => {
      throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR' })
    }
    const failed = await Promise.all([1, 2].map(() => errorOf(studio.reserve({ customerId, method: KEY }))))
    expect(failed).toMatchObject([{ code: 'store_unavailable' }, { code: 'store_unavailable' }])
    expect(await rowsOf(studio, customerId)).toEqual(before)
  })

  it('ends of one reservation that wait together come once, the first in line', async () => {
    const customerId = await regular(KEY)
    const reservationId = await studio.start(customerId, KEY, keyed('k'))
    const answer = { ok: true, body: '1' }
    const ends = await Promise.allSettled([
      studio.billing.settle({ customerId, reservationId, answer }),
      studio.billing.void({ customerId, reservationId }),
      studio.billing.settle({ customerId, reservationId }),
      studio.billing.settle({ customerId, reservationId: 'unknown' }),
    ])
    expect(ends).toMatchObject([
      { value: { reservationId, state: 'settled' } },
      { reason: { code: 'reservation_ended' } },
      { value: { reservationId, state: 'settled' } },
      { reason: { code: 'not_found' } },
    ])
    expect(await usageOf(studio, customerId, 'key.create')).toMatchObject({ used: 1, held: 0 })
    await verify(customerId)
  })

  it('are told each threshold once, by the call that reaches it', async () => {
    const customerId = await regular()
    const answers = await together(Array.from({ length: 5 }, () => ({ customerId, method: CREDENTIAL })))
    await Promise.all(answers.map(({ reservationId = '' }) => studio.billing.settle({ customerId, reservationId })))
    const sql = `SELECT "onceKey" FROM "studio_billing_event" WHERE "tenantId" = '${customerId}'`
    const events = await studio.database.read((manager) => manager.query<{ onceKey: string }[]>(sql), {
      acrossTenants: true,
    })
    expect(events.map(({ onceKey }) => Number(onceKey.split(':').at(-1))).sort((a, b) => a - b)).toEqual([50, 80, 100])
  })

  it('draw from the budget of their key one after another, and hear once that it is used up', async () => {
    const customerId = await regular(KEY)
    const keyId = 'key-1'
    await studio.agent.billingManagerSetKeyBudget({ customerId, keyId, meter: 'key.create', units: 3 })
    const call = { customerId, method: KEY, keyId }
    await studio.agent.billingManagerVoid({ customerId, reservationId: await studio.start(customerId, KEY, { keyId }) })
    writes = 0
    const answers = await together([call, call, { customerId, method: KEY }, call, call])
    expect(writes).toBe(1)
    expect(decisions(answers)).toEqual(['reserved', 'reserved', 'reserved', 'reserved', 'denied'])
    expect(answers[4]?.denial).toMatchObject({ code: 'key_budget_exhausted', keyId })
    const [first = '', second = ''] = answers.map(({ reservationId = '' }) => reservationId)
    await Promise.all([
      studio.billing.void({ customerId, reservationId: first }),
      studio.billing.settle({ customerId, reservationId: second }),
    ])
    expect(decisions(await together([call, call]))).toEqual(['reserved', 'denied'])
    const sql = `SELECT "type" FROM "studio_billing_event" WHERE "tenantId" = '${customerId}'`
    const events = await studio.database.read((manager) => manager.query<unknown[]>(sql), { acrossTenants: true })
    expect(events).toEqual([{ type: 'key_budget.exhausted' }])
    await verify(customerId)
  })

  it('in several processes sell no unit twice, and none is left over', async () => {
    const customerId = await regular()
    const processes = [studio, await openStudio(url), await openStudio(url)]
    const answers = await Promise.all(
      processes.flatMap((process) =>
        Array.from({ length: 12 }, async () => {
          const decision = await process.reserve({ customerId, method: CREDENTIAL })
          const { reservationId } = decision
          if (reservationId !== undefined) await process.billing.settle({ customerId, reservationId })
          return decision
        }),
      ),
    )
    expect(decisions(answers).filter((each) => each === 'reserved')).toHaveLength(5)
    expect(await usageOf(studio, customerId, 'credential.issue')).toMatchObject({ used: 5, held: 0, remaining: 0 })
    await verify(customerId)
    for (const process of processes.slice(1)) await process.close()
  })

  it('inside a write are refused as any other write, and wait for nobody', async () => {
    const customerId = await regular(KEY)
    const inside = studio.database.write(() => studio.reserve({ customerId, method: KEY }), { tenantId: customerId })
    expect(await errorOf(inside)).toMatchObject({ code: 'writer_reentered' })
  })

  it('of different customers share nothing but the commit', async () => {
    const customers = await Promise.all(Array.from({ length: 4 }, () => regular()))
    const answers = await together(
      customers.flatMap((customerId) => Array.from({ length: 6 }, () => ({ customerId, method: CREDENTIAL }))),
    )
    for (const [index, customerId] of customers.entries()) {
      const own = decisions(answers.slice(6 * index, 6 * index + 6))
      expect(own.filter((each) => each === 'reserved')).toHaveLength(5)
      expect(await usageOf(studio, customerId, 'credential.issue')).toMatchObject({ held: 5 })
      await verify(customerId)
    }
  })
})
