import { mkdirSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { describeOnEachDatabase, temporaryDirectory } from '@veramo-studio/test-support'
import { isStoreFault, isUniqueViolation, openDatabase, parseDatabaseUrl } from '../index.js'
import { CreateNote, Note } from './note.js'

const code = (expected: string) => expect.objectContaining({ code: expected })
const nothing = { entities: [], migrations: [] }

describe('the address of a database', () => {
  it('names a file or a server', () => {
    expect(parseDatabaseUrl('sqlite:./data/studio.sqlite')).toEqual({
      engine: 'sqlite',
      location: './data/studio.sqlite',
    })
    for (const url of ['postgres://u:p@db:5432/studio', 'postgresql://db/studio']) {
      expect(parseDatabaseUrl(url)).toEqual({ engine: 'postgres', location: url })
    }
  })

  it.each(['', 'sqlite:', 'postgres://', 'mysql://db/studio', 'studio.sqlite', undefined, null, 5])(
    'is not %p',
    (url) => {
      expect(() => parseDatabaseUrl(url)).toThrow(code('setting_invalid'))
      expect(() => parseDatabaseUrl(url)).toThrow(/^setting_invalid: DATABASE_URL [^\n]+$/)
    },
  )

  it('is not :memory:, which a writer and its readers cannot share', () => {
    expect(() => parseDatabaseUrl('sqlite::memory:')).toThrow(/^setting_invalid: DATABASE_URL[^\n]+:memory:[^\n]+$/)
  })

  it('never shows in an error: it may hold a password', async () => {
    await expect(openDatabase({ url: 'mysql://u:geheim@db/studio', ...nothing })).rejects.toThrow(/^(?!.*geheim)/)
  })
})

describe('opening a database that is not there', () => {
  const directory = temporaryDirectory()

  it('makes the file of a SQLite database, and the folder it is in', async () => {
    const database = await openDatabase({ url: `sqlite:${directory}/new/folder/studio.sqlite`, ...nothing })
    await database.ping()
    await database.close()
  })

  it('answers store_unavailable for a file that is no database', async () => {
    writeFileSync(`${directory}/letter.sqlite`, 'Dear Sir or Madam, '.repeat(100))
    const opening = openDatabase({ url: `sqlite:${directory}/letter.sqlite`, ...nothing })
    await expect(opening).rejects.toEqual(code('store_unavailable'))
  })

  it('answers store_unavailable for a file that cannot be opened', async () => {
    mkdirSync(`${directory}/folder.sqlite`)
    const opening = openDatabase({ url: `sqlite:${directory}/folder.sqlite`, ...nothing })
    await expect(opening).rejects.toEqual(code('store_unavailable'))
  })

  it('answers store_unavailable where no server listens', async () => {
    const opening = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/studio', ...nothing })
    await expect(opening).rejects.toEqual(code('store_unavailable'))
  })
})

describeOnEachDatabase('what a database complains of', (fresh) => {
  it('is told apart: a row that exists, one that is not fit, a fault of the store', async () => {
    const database = await openDatabase({ url: await fresh(), entities: [Note], migrations: [CreateNote] })
    const failure = (statement: string) =>
      database.write((manager) => manager.query<object[]>(statement)).catch((error: unknown) => error)
    await database.write((manager) => manager.insert(Note, { owner: 't', id: 1, text: '' }))
    const exists = await failure(`INSERT INTO note ("owner", id, text) VALUES ('t', 1, '')`)
    const unfit = await failure(`INSERT INTO note ("owner", id) VALUES ('t', 2)`)
    const missing = await failure(`INSERT INTO nowhere VALUES (1)`)
    await database.close()
    const closed = await failure('SELECT 1')
    expect([exists, unfit, missing, closed].map(isUniqueViolation)).toEqual([true, false, false, false])
    expect([exists, unfit].map(isStoreFault)).toEqual([false, false])
    expect([missing, closed]).toEqual([code('store_unavailable'), code('store_unavailable')])
  })
})
