import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { openDatabase, runInTenant, type Database } from '../index.js'
import { CreateNote, Note } from './note.js'

const TENANTS = ['ann', 'bob', 'cyd', 'dan', 'eve', 'fay', 'gil', 'hal']

describeOnEachDatabase('two writers that change the same rows', (fresh, engine) => {
  let databases: [Database, Database]

  beforeEach(async () => {
    const options = { url: await fresh(), entities: [Note], migrations: [CreateNote] }
    databases = [await openDatabase(options), await openDatabase(options)]
    await databases[0].write((manager) =>
      manager.insert(
        Note,
        TENANTS.map((owner) => ({ owner, id: 0, text: '' })),
      ),
    )
  })

  afterEach(() => Promise.all(databases.map((database) => database.close())))

  const append = (database: Database, tenantId: string, text: string) =>
    database.write(async (manager) => {
      await manager.query(`UPDATE note SET text = text || '${text}' WHERE "owner" = '${tenantId}'`)
    })
  const texts = async () => {
    const notes = await databases[0].read((manager) => manager.find(Note, { order: { owner: 'ASC' } }))
    return notes.map((note) => note.text)
  }

  it('do not lock them crosswise: a batch takes its tenants in one order, whoever came first', async () => {
    let runs = 0
    const writes = databases.flatMap((database, index) =>
      Array.from({ length: 160 }, (_unused, count) => {
        const order = index === 0 ? TENANTS : TENANTS.toReversed()
        const tenantId = order[count % order.length] ?? ''
        return runInTenant(tenantId, () =>
          database.write(async (manager) => {
            runs += 1
            await manager.query(`UPDATE note SET text = text || 'x' WHERE "owner" = '${tenantId}'`)
          }),
        )
      }),
    )
    await Promise.all(writes)
    expect(runs).toBe(writes.length)
    expect(await texts()).toEqual(TENANTS.map(() => 'x'.repeat(40)))
  })

  if (engine === 'postgres') {
    it('both get their turn where they lock them crosswise all the same', async () => {
      const [first, second] = TENANTS as [string, string]
      const crosswise = (database: Database, order: [string, string], text: string) =>
        database.write(async (manager) => {
          for (const tenantId of order) {
            await manager.query(`UPDATE note SET text = text || '${text}' WHERE "owner" = '${tenantId}'`)
            await sleep(100)
          }
        })
      await Promise.all([
        crosswise(databases[0], [first, second], 'a'),
        crosswise(databases[1], [second, first], 'b'),
        append(databases[0], 'cyd', 'c'),
        append(databases[1], 'dan', 'd'),
      ])
      const [ann, bob, cyd, dan] = await texts()
      expect([ann, bob].map((text) => [...(text ?? '')].sort().join(''))).toEqual(['ab', 'ab'])
      expect([cyd, dan]).toEqual(['c', 'd'])
    })
  }
})
