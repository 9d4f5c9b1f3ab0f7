import { expect, it, jest } from '@jest/globals'
import type BetterSqlite3 from 'better-sqlite3'
import type { DataSource, QueryRunner } from 'typeorm'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { DIGEST, openStudio, type Studio } from './studio.js'

describeOnEachDatabase('a metered call', (fresh, engine) => {
  /** How many statements work runs inside writes, besides those that begin and end a transaction; and outside of them. */
  const countStatements = async ({ database }: Studio, work: () => Promise<unknown>) => {
    const writing = await database.write(async (manager) => manager.connection, { acrossTenants: true })
    const reading = await database.read(async (manager) => manager.connection, { acrossTenants: true })
    const statements = engine === 'sqlite' ? watchSqlite(reading) : watchPostgres(writing, reading)
    await work()
    const counted = statements().filter(({ text }) => !/^(BEGIN|COMMIT|SAVEPOINT|RELEASE|SELECT set_config)/.test(text))
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
    const [reserves, settles] = engine === 'postgres' ? [5, 5] : [8, 7]
    expect(plain).toEqual([
      { writes: reserves, reads: 0 },
      { writes: settles, reads: 0 },
    ])
    expect(keyed).toEqual([
      { writes: reserves + 1, reads: 0 },
      { writes: settles + 1, reads: 0 },
    ])
    await studio.close()
  })
})

interface RunStatement {
  text: string
  isReading: boolean
}

function watchPostgres(writing: DataSource, reading: DataSource): () => RunStatement[] {
  const query = jest.spyOn(Object.getPrototypeOf(writing.createQueryRunner()) as QueryRunner, 'query')
  return () => {
    const { calls, contexts } = query.mock
    query.mockRestore()
    return calls.map(([text], index) => ({
      text: String(text),
      isReading: (contexts[index] as QueryRunner).connection === reading,
    }))
  }
}

/** Below the query runners, which run prepared statements as they are. */
function watchSqlite(reading: DataSource): () => RunStatement[] {
  const { databaseConnection } = reading.driver as unknown as { databaseConnection: BetterSqlite3.Database }
  const prototype = Object.getPrototypeOf(databaseConnection.prepare('SELECT 1')) as BetterSqlite3.Statement
  const spies = [jest.spyOn(prototype, 'all'), jest.spyOn(prototype, 'run')]
  return () => {
    const statements = spies.flatMap(({ mock }) => [...mock.contexts] as unknown as BetterSqlite3.Statement[])
    for (const spy of spies) spy.mockRestore()
    return statements.map(({ source, database }) => ({ text: source, isReading: database === databaseConnection }))
  }
}
