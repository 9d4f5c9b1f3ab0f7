import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import { describeOnEachDatabase, spawnChild } from '@veramo-studio/test-support'
import { openDatabase, type Database } from '../index.js'
import { AddNoteAuthor, CreateSlowly, FailHalfWay } from './note-migrations.js'
import { CreateNote, Note } from './note.js'

const NAMES = ['CreateNote1700000000000', 'AddNoteAuthor1700000000001', 'CreateSlowly1700000000002']

describeOnEachDatabase('migrating a database', (fresh) => {
  // TypeORM tells the console of a migration that fails.
  beforeAll(() => void jest.spyOn(console, 'log').mockImplementation(() => undefined))
  afterAll(() => void jest.restoreAllMocks())

  const tables = async (database: Database) => {
    const catalogue =
      database.engine === 'sqlite'
        ? `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
        : `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`
    const rows = await database.read((manager) => manager.query<{ name: string }[]>(catalogue))
    return rows.map((row) => row.name).sort()
  }

  it('happens once when two processes start at the same time', async () => {
    const url = await fresh()
    const children = [1, 2].map(() => spawnChild(new URL('./migrating-child.js', import.meta.url), { url }))
    const endings = await Promise.all(children.map((child) => child.ended))
    expect(endings.map((ending) => ending.exitCode)).toEqual([0, 0])
    const applied = endings.flatMap((ending) => ending.lines).sort()
    expect(applied).toEqual(['["CreateNote1700000000000","CreateSlowly1700000000002"]', '[]'])
  })

  it('leaves nothing behind when one of them fails, not even those before it', async () => {
    const url = await fresh()
    const opening = openDatabase({ url, entities: [], migrations: [CreateNote, CreateSlowly, FailHalfWay] })
    await expect(opening).rejects.toThrow('half way')
    const database = await openDatabase({ url, entities: [], migrations: [], migrate: false })
    expect(await tables(database)).toEqual([])
    await database.close()
  })

  it('works after one that failed', async () => {
    const url = await fresh()
    await expect(openDatabase({ url, entities: [], migrations: [FailHalfWay] })).rejects.toThrow('half way')
    const database = await openDatabase({ url, entities: [Note], migrations: [CreateNote] })
    expect(database.migrated).toEqual(NAMES.slice(0, 1))
    expect(await tables(database)).toEqual(['note', 'studio_migration'])
    await database.close()
  })

  it('applies to an older database what it lacks, and keeps its rows', async () => {
    const url = await fresh()
    const older = await openDatabase({ url, entities: [Note], migrations: [CreateNote] })
    await older.write((manager) => manager.insert(Note, { owner: 't', id: 1, text: 'old' }))
    await older.close()
    const newer = await openDatabase({
      url,
      entities: [Note],
      migrations: [[CreateSlowly], [CreateNote, AddNoteAuthor]],
    })
    expect(newer.migrated).toEqual(NAMES.slice(1))
    const rows = await newer.read((manager) => manager.query<object[]>('SELECT * FROM note'))
    expect(rows).toEqual([{ owner: 't', id: 1, text: 'old', author: 'nobody' }])
    await newer.close()
  })

  it('applies what a later package brings, though it is older than what is there', async () => {
    const url = await fresh()
    const first = await openDatabase({ url, entities: [], migrations: [CreateNote, CreateSlowly] })
    await first.close()
    const second = await openDatabase({ url, entities: [], migrations: [CreateNote, CreateSlowly, AddNoteAuthor] })
    expect(second.migrated).toEqual(NAMES.slice(1, 2))
    await second.close()
  })

  it('waits until it is asked for, where the database is opened so', async () => {
    const database = await openDatabase({ url: await fresh(), entities: [], migrations: [CreateNote], migrate: false })
    expect(await tables(database)).toEqual([])
    expect(await database.migrate()).toEqual(NAMES.slice(0, 1))
    expect(await database.migrate()).toEqual([])
    await database.close()
  })
})
