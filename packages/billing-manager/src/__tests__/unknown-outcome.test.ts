import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { kitErrors, type Database } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { DIGEST, errorOf, emptiedDatabase, openStudio, usageOf, type Studio } from './studio.js'

type Method = 'read' | 'write'

describeOnEachDatabase('a database that goes away', (fresh) => {
  const emptied = emptiedDatabase(fresh)
  let studio: Studio
  /** How often reads or writes still fail, after they have done what they were asked. */
  let failures: Record<Method, number>
  /** How many writes come through before. */
  let writesBefore: number
  const customerId = 'alice'
  const method = 'cheqdCreate'
  const idempotency = { key: 'key-1', digest: DIGEST }

  const failing = (database: Database): Database =>
    new Proxy(database, {
      get: (target, property) => {
        const value = Reflect.get(target, property) as unknown
        if (property !== 'read' && property !== 'write') return value
        return async (...args: unknown[]) => {
          const result = await (value as (...args: unknown[]) => Promise<unknown>).apply(target, args)
          if (failures[property] === 0) return result
          if (property === 'write' && (writesBefore -= 1) >= 0) return result
          failures[property] -= 1
          if (property === 'read') throw kitErrors.store_unavailable('gone')
          throw kitErrors.write_outcome_unknown('gone')
        }
      },
    })

  beforeEach(async () => {
    failures = { read: 0, write: 0 }
    writesBefore = 0
    studio = await openStudio(await emptied(), { wrapDatabase: failing })
    await studio.start(customerId, 'createVerifiableCredential')
  })

  afterEach(() => studio.close())

  it.each([
    { failed: 'write', decided: 'with those that wait', before: 0, isRegular: true },
    // The first of a period is decided alone, after a write that has found that out.
    { failed: 'write', decided: 'alone', before: 1, isRegular: false },
    { failed: 'read', decided: 'alone', before: 0, isRegular: false },
  ] as const)(
    'holds nothing for a call that was not let run, where a $failed fails, decided $decided',
    async ({ failed, before, isRegular }) => {
      if (isRegular) await studio.billing.void({ customerId, reservationId: await studio.start(customerId, method) })
      writesBefore = before
      failures[failed] = 1
      // Nothing has run, whatever was kept: the same call may be sent again.
      const refused = { code: 'store_unavailable', status: 503 }
      expect(await errorOf(studio.reserve({ customerId, method, idempotency }))).toMatchObject(refused)
      expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ held: 1 })
      expect(await studio.billing.recover()).toEqual({ settled: 0, voided: 1 })
      expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ held: 0, remaining: 3 })
      expect((await studio.reserve({ customerId, method, idempotency })).decision).toBe('reserved')
    },
  )

  it('leaves nothing to recover of a call that was not reserved', async () => {
    const gone = await openStudio(await fresh(), {
      wrapDatabase: (database) =>
        new Proxy(database, {
          get: (target, property) =>
            property === 'write' && failures.write > 0
              ? () => Promise.reject(kitErrors.write_outcome_unknown('gone'))
              : (Reflect.get(target, property) as unknown),
        }),
    })
    await gone.start(customerId, method)
    failures.write = 1
    expect(await errorOf(gone.reserve({ customerId, method }))).toMatchObject({ code: 'store_unavailable' })
    failures.write = 0
    expect(await gone.billing.recover()).toEqual({ settled: 0, voided: 0 })
    await gone.close()
  })

  it('settles and voids all the same where the first answer is lost, and once', async () => {
    const settled = await studio.start(customerId, method, { idempotency })
    const voided = await studio.start(customerId, method)
    const answer = { ok: true, body: '1' }
    failures.write = 1
    const end = await studio.agent.billingManagerSettle({ customerId, reservationId: settled, answer })
    expect(end).toEqual({ reservationId: settled, state: 'settled' })
    failures.write = 1
    await studio.agent.billingManagerVoid({ customerId, reservationId: voided })
    expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 1, held: 0, remaining: 2 })
    expect(await studio.reserve({ customerId, method, idempotency })).toEqual({ decision: 'replayed', answer })
    expect(await studio.agent.billingManagerVerifyBooks({})).toMatchObject({ valid: true })
  })
})
