import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from '@jest/globals'
import { describeOnEachDatabase, temporaryDirectory } from '@veramo-studio/test-support'
import {
  callService,
  didNamedBy,
  newRemoteCustomer,
  remoteBooks,
  remoteDids,
  remoteUsage,
} from './faults/service-client.js'
import { expectNothingHeld, standsStill, startedServices, strikable, strikeAt } from './faults/services.js'

/** How long others may need to find out that a process stands still, and to end its calls. */
const RECOVERY_LIMIT_MS = 12_000

describeOnEachDatabase('a server that stands still for longer than its lease, while its call runs', (fresh, engine) => {
  const services = startedServices()
  const directory = temporaryDirectory()

  /** Freezes a server at a step of a call, lets another one end the call, and then lets the first one go on. */
  async function freezeAt(step: string) {
    const variables = strikable(join(directory, 'control'))
    const [frozen, other] = await services.start(await fresh(), 2, { variables })
    if (frozen === undefined || other === undefined) throw new Error('two servers are needed')
    const customer = await newRemoteCustomer(other)
    const caller = { ...customer, idempotencyKey: 'the-one' }
    const create = (service: typeof frozen, idempotencyKey = caller.idempotencyKey) =>
      callService(service, { ...caller, idempotencyKey }, ['didManagerCreate', {}])
    // The plans and the customer's data key are there before.
    await create(frozen, 'first')
    await strikeAt(frozen, { step, signal: 'SIGSTOP' })
    const late = create(frozen)
    await standsStill(frozen)
    return { frozen, other, customer, create, late }
  }

  it('may neither store nor charge anything after another server has given its call up', async () => {
    const { frozen, other, customer, create, late } = await freezeAt('after COMMIT #1')
    expect(await remoteUsage(other, customer)).toMatchObject({ used: 1, held: 1 })
    await expectNothingHeld(other, customer, RECOVERY_LIMIT_MS)
    const again = await create(other)
    expect(again.status).toBe(200)
    const before = [await remoteDids(other, customer), await remoteUsage(other, customer)]

    frozen.send('SIGCONT')
    expect(await late).toMatchObject({ status: 503, retryAfter: '1', body: { code: 'store_unavailable' } })
    expect([await remoteDids(other, customer), await remoteUsage(other, customer)]).toEqual(before)
    expect(before[1]).toMatchObject({ used: 2, held: 0 })
    expect(await create(frozen)).toEqual(again)
    expect(await remoteBooks(frozen)).toMatchObject({ valid: true })
  }, 180_000)

  it('locks nobody out for longer, pays once for what it has stored, and names that, whoever answers', async () => {
    const { frozen, other, customer, create, late } = await freezeAt('before UPDATE studio_idempotency #1')
    if (engine === 'postgres') {
      await expectNothingHeld(other, customer, RECOVERY_LIMIT_MS)
      expect(await create(other)).toMatchObject({ status: 409, body: { code: 'answer_lost' } })
    } else {
      // Whoever writes on SQLite keeps all others out, also while it stands still: they say so, and nothing is lost.
      const waiting = await create(other, 'another')
      expect(waiting).toMatchObject({ status: 503, retryAfter: '1', body: { code: 'store_unavailable' } })
    }
    frozen.send('SIGCONT')
    const named = didNamedBy(await late) ?? didNamedBy(await create(frozen))
    expect(await remoteDids(other, customer)).toContain(named)
    await sleep(100)
    expect(didNamedBy(await create(other))).toBe(named)
    expect(await remoteUsage(other, customer)).toMatchObject({ used: 2, held: 0 })
    expect(await remoteDids(other, customer)).toHaveLength(2)
    expect(await remoteBooks(frozen)).toMatchObject({ valid: true })
  }, 180_000)
})
