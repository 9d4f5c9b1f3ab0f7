import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { EntityManager } from 'typeorm'
import { openDatabase, type Database } from '../index.js'
import { CreateNote, Note } from './note.js'

describeOnEachDatabase('a work inside a write', (fresh) => {
  let database: Database

  beforeEach(async () => {
    database = await openDatabase({ url: await fresh(), entities: [Note], migrations: [CreateNote] })
  })

  afterEach(() => database.close())

  const insert = (manager: EntityManager, id: number) => manager.insert(Note, { owner: 't', id, text: '' })
  const writeAll = (...works: ((manager: EntityManager) => Promise<unknown>)[]) =>
    Promise.allSettled(works.map((work) => database.write(work)))
  const ids = async () =>
    (await database.read((manager) => manager.find(Note, { order: { id: 'ASC' } }))).map((note) => note.id)

  it('may use transaction, which ends neither its own nor its neighbours’ transaction', async () => {
    const outcomes = await writeAll(
      (manager) => insert(manager, 1),
      (manager) => manager.transaction((inner) => insert(inner, 2)),
      async (manager) => {
        await manager.transaction((inner) => insert(inner, 3))
        throw new Error('the caller changed its mind')
      },
      (manager) => insert(manager, 4),
    )
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    expect(await ids()).toEqual([1, 2, 4])
  })

  it('may undo a part of itself with transaction, and go on', async () => {
    await writeAll(async (manager) => {
      await insert(manager, 1)
      const part = manager.transaction(async (inner) => {
        await insert(inner, 2)
        throw new Error('not this part')
      })
      await part.catch(() => undefined)
      await insert(manager, 3)
    })
    expect(await ids()).toEqual([1, 3])
  })

  it('may issue statements at once: the first that fails keeps the others out', async () => {
    const outcomes = await writeAll(
      (manager) => Promise.all([1, 2, 3].map((id) => insert(manager, id))),
      (manager) => Promise.all([4, 4, 5].map((id) => insert(manager, id))),
    )
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected'])
    expect(await ids()).toEqual([1, 2, 3])
  })

  it('that does not wait for its last statement is judged by it, and harms no neighbour', async () => {
    const outcomes = await writeAll(
      (manager) => insert(manager, 1),
      async (manager) => {
        await insert(manager, 2)
        manager.query('INSERT INTO nowhere VALUES (1)').catch(() => undefined)
        await Promise.resolve()
      },
      (manager) => insert(manager, 3),
    )
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await ids()).toEqual([1, 3])
  })

  it('that is the only one in its batch and fails leaves no transaction open behind it', async () => {
    await writeAll(async (manager) => {
      await insert(manager, 1)
      throw new Error('the caller changed its mind')
    })
    await database.write((manager) => insert(manager, 2))
    expect(await ids()).toEqual([2])
  })
})
