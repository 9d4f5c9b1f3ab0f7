import { expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { openDatabase, type Database } from '../index.js'
import { CreateNote, Note } from './note.js'

const open = (url: string) => openDatabase({ url, entities: [Note], migrations: [CreateNote] })
const write = (database: Database, id: number) =>
  database.write((manager) => manager.insert(Note, { owner: 'alice', id, text: 'x' }))

describeOnEachDatabase('a database', (fresh, engine) => {
  it('marks each commit of any process, on SQLite', async () => {
    const url = await fresh()
    const [database, other] = [await open(url), await open(url)]
    const first = database.changeMarker()
    expect(database.changeMarker()).toBe(first)
    if (engine === 'postgres') expect(first).toBeUndefined()
    else {
      await write(other, 1)
      const second = database.changeMarker()
      expect(second).not.toBe(first)
      await write(database, 2)
      expect(database.changeMarker()).not.toBe(second)
    }
    await Promise.all([database.close(), other.close()])
  })

  it('lets what is kept in memory be saved before it closes, once', async () => {
    const url = await fresh()
    const database = await open(url)
    database.beforeClose(async () => {
      await write(database, 7)
    })
    await database.close()
    await database.close()
    const reopened = await open(url)
    expect(await reopened.read((manager) => manager.count(Note))).toBe(1)
    await reopened.close()
  })

  it('closes all the same where something could not be saved, and says so', async () => {
    const database = await open(await fresh())
    database.beforeClose(() => Promise.reject(new Error('full')))
    await expect(database.close()).rejects.toThrow('full')
    await expect(write(database, 1)).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})
