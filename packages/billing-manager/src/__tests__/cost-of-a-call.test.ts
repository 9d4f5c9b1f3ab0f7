import { expect, it, jest } from '@jest/globals'
import type { QueryRunner } from 'typeorm'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { DIGEST, openStudio, type Studio } from './studio.js'

describeOnEachDatabase('a metered call', (fresh, engine) => {
  /** How many statements work runs inside writes, besides those that begin and end a transaction; and outside of them. */
  const countStatements = async ({ database }: Studio, work: () => Promise<unknown>) => {
    const runner = await database.write(async (manager) => Object.getPrototypeOf(manager.queryRunner) as QueryRunner)
    const reading = await database.read(async (manager) => manager.connection)
    const query = jest.spyOn(runner, 'query')
    await work()
    const { calls, contexts } = query.mock
    const isReading = (index: number) => (contexts[index] as QueryRunner | undefined)?.connection === reading
    const texts = calls.map(([text], index) => ({ text, isReading: isReading(index) }))
    query.mockRestore()
    const counted = texts.filter(({ text }) => !/^(BEGIN|COMMIT|SAVEPOINT|RELEASE|SELECT set_config)/.test(text))
    const reads = counted.filter((each) => each.isReading).length
    return { writes: counted.length - reads, reads }
  }

  it('that the plan pays takes few statements while others wait', async () => {
    const studio = await openStudio(await fresh())
    const customerId = 'alice'
    const method = 'apiKeyManagerCreate'
    let reservationId = await studio.start(customerId, method)
    const start = async (more = {}) => (reservationId = await studio.start(customerId, method, more))
    const settle = () => studio.billing.settle({ customerId, reservationId, answer: { ok: true, body: '1' } })
    await settle()
    const plain = [await countStatements(studio, start), await countStatements(studio, settle)]
    const idempotency = { key: 'k', digest: DIGEST }
    const keyed = [await countStatements(studio, () => start({ idempotency })), await countStatements(studio, settle)]
    // Postgres takes what the ledger writes in one.
    const [reserves, settles] = engine === 'postgres' ? [6, 5] : [8, 7]
    expect(plain).toEqual([
      { writes: reserves, reads: 1 },
      { writes: settles, reads: 0 },
    ])
    expect(keyed).toEqual([
      { writes: reserves + 1, reads: 1 },
      { writes: settles + 1, reads: 0 },
    ])
    await studio.close()
  })
})
