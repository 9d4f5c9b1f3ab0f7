import { beforeEach, afterEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { openDatabase, runInTenant, type Database } from '../index.js'
import { CreateNote, Note } from './note.js'

describeOnEachDatabase('the writer', (fresh) => {
  let database: Database
  let url: string

  beforeEach(async () => {
    url = await fresh()
    database = await openDatabase({ url, entities: [[Note]], migrations: [[CreateNote]] })
  })

  afterEach(() => database.close())

  const notes = () => database.read((manager) => manager.find(Note, { order: { id: 'ASC' } }))

  it('keeps the successes of a batch and leaves no trace of its failures', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 64 }, (_unused, index) =>
        runInTenant(`tenant${index % 4}`, () =>
          database.write(async (manager) => {
            await manager.insert(Note, { owner: database.tenantId(), id: index, text: 'x' })
            if (index % 3 === 0) throw new Error('the caller changed its mind')
          }),
        ),
      ),
    )
    const kept = outcomes.flatMap((outcome, index) => (outcome.status === 'fulfilled' ? [index] : []))
    expect(kept).toHaveLength(42)
    expect((await notes()).map((note) => note.id)).toEqual(kept)
  })

  it('runs each caller in its own tenant, whoever opened the batch', async () => {
    await Promise.all(
      Array.from({ length: 64 }, (_unused, index) =>
        runInTenant(`tenant${index % 5}`, () =>
          database.write(async (manager) => {
            await manager.insert(Note, { owner: database.tenantId(), id: index, text: String(index % 5) })
          }),
        ),
      ),
    )
    const written = await notes()
    expect(written).toHaveLength(64)
    expect(written.every((note) => note.owner === `tenant${note.text}`)).toBe(true)
  })

  it('fails the whole work when one statement failed, even if the work swallowed it', async () => {
    const work = database.write(async (manager) => {
      await manager.insert(Note, { owner: 't', id: 1, text: 'first' })
      await manager.insert(Note, { owner: 't', id: 1, text: 'twice' }).catch(() => undefined)
    })
    await expect(work).rejects.toThrow()
    expect(await notes()).toEqual([])
  })

  it('refuses a statement that arrives after its write has ended', async () => {
    const late = await database.write(async (manager) => () => manager.insert(Note, { owner: 't', id: 1, text: '' }))
    await expect(late()).rejects.toMatchObject({ code: 'writer_reentered' })
    expect(await notes()).toEqual([])
  })

  it('refuses a write inside a write instead of waiting for itself', async () => {
    const nested = database.write(() => database.write(async () => undefined))
    await expect(nested).rejects.toMatchObject({ code: 'writer_reentered' })
  })

  it('lets save and remove be used inside a write', async () => {
    await database.write(async (manager) => {
      const note = await manager.save(Note, { owner: 't', id: 1, text: 'saved' })
      await manager.remove(Note, note)
      await manager.save(Note, { owner: 't', id: 2, text: 'kept' })
    })
    expect((await notes()).map((note) => note.id)).toEqual([2])
  })

  it('refuses to write through a reader', async () => {
    const write = database.read((manager) => manager.insert(Note, { owner: 't', id: 1, text: '' }))
    await expect(write).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await notes()).toEqual([])
  })

  it('finishes the writes that wait when it is closed, and refuses later ones', async () => {
    const waiting = database.write((manager) => manager.insert(Note, { owner: 't', id: 7, text: '' }))
    await database.close()
    await waiting
    await expect(database.write(async () => undefined)).rejects.toMatchObject({ code: 'store_unavailable' })
    database = await openDatabase({ url, entities: [Note], migrations: [CreateNote] })
    expect((await notes()).map((note) => note.id)).toEqual([7])
  })

  it('applies migrations once, whoever comes first', async () => {
    const other = await fresh()
    const opened = await Promise.all(
      [1, 2, 3].map(() => openDatabase({ url: other, entities: [Note], migrations: [CreateNote] })),
    )
    const names = await Promise.all(opened.map((each) => each.migrate()))
    expect(names).toEqual([[], [], []])
    await Promise.all(opened.map((each) => each.close()))
  })
})
