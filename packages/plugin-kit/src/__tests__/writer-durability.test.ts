import { expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { openDatabase } from '../index.js'

describeOnEachDatabase('what a write resolves to', (fresh, engine) => {
  // That a killed process loses nothing does not show that a power cut would not: the settings do.
  it('is durable, whatever the defaults of the database are', async () => {
    const url = await fresh()
    if (engine === 'postgres') {
      const setup = await openDatabase({ url, entities: [], migrations: [] })
      const name = new URL(url).pathname.slice(1)
      await setup.write((manager) => manager.query(`ALTER DATABASE ${name} SET synchronous_commit = off`))
      await setup.close()
    }
    const database = await openDatabase({ url, entities: [], migrations: [] })
    const settings = engine === 'postgres' ? ['SHOW synchronous_commit'] : ['PRAGMA synchronous', 'PRAGMA journal_mode']
    const found: object[] = []
    for (const setting of settings) {
      found.push(...(await database.write((manager) => manager.query<object[]>(setting))))
    }
    const FULL = 2
    expect(found).toEqual(
      engine === 'postgres' ? [{ synchronous_commit: 'on' }] : [{ synchronous: FULL }, { journal_mode: 'wal' }],
    )
    await database.close()
  })
})
