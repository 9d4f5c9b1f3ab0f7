import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import {
  describeOnEachDatabase,
  type FreshDatabase,
  startPostgresProxy,
  type PostgresProxy,
} from '@veramo-studio/test-support'
import BetterSqlite3 from 'better-sqlite3'
import type { EntityManager } from 'typeorm'
import { openDatabase, type Database } from '../index.js'
import { CreateNote, Note } from './note.js'

const UNLIMITED_PAGES = 1_000_000
const TEXT_OF_SOME_PAGES = 'x'.repeat(20_000)

describeOnEachDatabase('the writer, when the database fails it', (fresh, engine) => {
  if (engine === 'sqlite') onSqlite(fresh)
  else onPostgres(fresh)
})

function onSqlite(fresh: FreshDatabase): void {
  let database: Database
  let url: string

  beforeEach(async () => {
    url = await fresh()
    database = await openDatabase({ url, entities: [Note], migrations: [CreateNote], busyTimeoutMs: 100 })
  })

  afterEach(() => database.close())

  const insert = (manager: EntityManager, id: number, text: string) => manager.insert(Note, { owner: 't', id, text })
  const ids = async () =>
    (await database.read((manager) => manager.find(Note, { order: { id: 'ASC' } }))).map((note) => note.id)
  const limitPages = (pages: number) => database.write((manager) => manager.query(`PRAGMA max_page_count = ${pages}`))
  const freePages = async (free: number) => {
    const [used] = await database.read((manager) => manager.query<{ page_count: number }[]>('PRAGMA page_count'))
    await limitPages((used?.page_count ?? 0) + free)
  }

  it('for want of room, tells each caller the truth, leaves nothing half written, and goes on when there is room again', async () => {
    await freePages(12)
    const outcomes: PromiseSettledResult<unknown>[] = []
    for (let round = 0; round < 4; round += 1) {
      const works = Array.from({ length: 10 }, (_unused, index) => {
        const id = (round * 10 + index) * 2
        return database.write(async (manager) => {
          await insert(manager, id, 'small')
          await insert(manager, id + 1, index === 9 ? TEXT_OF_SOME_PAGES : 'small')
        })
      })
      outcomes.push(...(await Promise.allSettled(works)))
    }
    const kept = outcomes.flatMap((outcome, work) => (outcome.status === 'fulfilled' ? [work * 2, work * 2 + 1] : []))
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
    expect(kept.length).toBeGreaterThan(0)
    expect(refused.length).toBeGreaterThan(0)
    for (const reason of refused) expect(reason).toMatchObject({ code: 'store_unavailable', retryable: true })
    expect(await ids()).toEqual(kept)

    await limitPages(UNLIMITED_PAGES)
    await database.write((manager) => insert(manager, 1000, TEXT_OF_SOME_PAGES))
    expect(await ids()).toEqual([...kept, 1000])
    const check = await database.read((manager) => manager.query<object[]>('PRAGMA integrity_check'))
    expect(check).toEqual([{ integrity_check: 'ok' }])
  })

  it('for want of room, lets no statement of a work slip out of the transaction that the fault has ended', async () => {
    await freePages(2)
    const work = database.write((manager) =>
      Promise.all([insert(manager, 1, TEXT_OF_SOME_PAGES), insert(manager, 2, 'small'), insert(manager, 3, 'small')]),
    )
    await expect(work).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await ids()).toEqual([])
  })

  it('with a lock that another process holds on to, says so in time, and goes on when it is free', async () => {
    const other = new BetterSqlite3(url.slice('sqlite:'.length))
    other.exec('BEGIN IMMEDIATE')
    const outcomes = await Promise.allSettled([1, 2].map((id) => database.write((manager) => insert(manager, id, ''))))
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'store_unavailable' } })
    expect(await ids()).toEqual([])
    other.exec('COMMIT')
    other.close()
    await database.write((manager) => insert(manager, 3, ''))
    expect(await ids()).toEqual([3])
  })
}

function onPostgres(fresh: FreshDatabase): void {
  let database: Database
  let proxy: PostgresProxy

  beforeEach(async () => {
    proxy = await startPostgresProxy(await fresh())
    database = await openDatabase({ url: proxy.url, entities: [Note], migrations: [CreateNote] })
  })

  afterEach(async () => {
    try {
      await database.close()
    } finally {
      await proxy.close()
    }
  })

  const insert = (manager: EntityManager, id: number) => manager.insert(Note, { owner: 't', id, text: '' })
  const write = (id: number) => database.write((manager) => insert(manager, id))
  const ids = async () =>
    (await database.read((manager) => manager.find(Note, { order: { id: 'ASC' } }))).map((note) => note.id)
  const writersPid = async (manager: EntityManager): Promise<number> => {
    const [row] = await manager.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid')
    return row?.pid ?? 0
  }
  const terminate = (pid: number) => database.read((manager) => manager.query('SELECT pg_terminate_backend($1)', [pid]))

  it('by losing the connection in mid-batch, tells every caller that it failed, keeps nothing, and recovers by itself', async () => {
    const outcomes = await Promise.allSettled([
      ...[1, 2, 3].map(write),
      database.write(async (manager) => {
        await terminate(await writersPid(manager))
        await insert(manager, 4)
      }),
      ...[5, 6, 7].map(write),
    ])
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ reason: { code: 'store_unavailable', retryable: true } })
    await write(8)
    expect(await ids()).toEqual([8])
  })

  it('by losing the connection in mid-batch, reports the loss also where the work swallowed it', async () => {
    const work = database.write(async (manager) => {
      await terminate(await writersPid(manager))
      await insert(manager, 1).catch(() => undefined)
    })
    await expect(work).rejects.toMatchObject({ code: 'store_unavailable' })
    await write(2)
    expect(await ids()).toEqual([2])
  })

  it('by losing the connection between two writes, takes a new one without bothering the next caller', async () => {
    await terminate(await database.write(writersPid))
    await sleep(50)
    await write(1)
    proxy.breakConnections()
    await sleep(50)
    await write(2)
    expect(await ids()).toEqual([1, 2])
  })

  it('by losing the answer to a commit, says that the outcome is unknown', async () => {
    proxy.loseNextCommitAnswer('by breaking')
    const outcomes = await Promise.allSettled([write(1), write(2)])
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ reason: { code: 'write_outcome_unknown', retryable: false } })
    expect(await ids()).toEqual([1, 2])
    await write(3)
    expect(await ids()).toEqual([1, 2, 3])
  })

  it('by losing the connection again and again while 64 callers write, loses nothing that was acknowledged', async () => {
    const acknowledged: number[] = []
    const refused: number[] = []
    let nextId = 0
    let stopped = false
    const callLoop = async () => {
      while (!stopped) {
        const id = (nextId += 1)
        await write(id).then(
          () => acknowledged.push(id),
          ({ code }: { code: unknown }) => {
            expect(['store_unavailable', 'write_outcome_unknown']).toContain(code)
            if (code === 'store_unavailable') refused.push(id)
          },
        )
      }
    }
    const loops = Array.from({ length: 64 }, callLoop)
    for (let round = 0; round < 8; round += 1) {
      await sleep(20 + Math.random() * 80)
      if (round % 2 === 0) proxy.breakConnections()
      else await terminateWriters()
    }
    stopped = true
    await Promise.all(loops)
    const written = new Set(await ids())
    expect(acknowledged.length).toBeGreaterThan(0)
    expect(refused.length).toBeGreaterThan(0)
    expect(acknowledged.filter((id) => !written.has(id))).toEqual([])
    expect(refused.filter((id) => written.has(id))).toEqual([])
  })

  async function terminateWriters(): Promise<void> {
    const others = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
    await database.read((manager) => manager.query(others)).catch(() => undefined)
  }

  it('by refusing a commit, tells every caller of the batch and keeps nothing', async () => {
    await database.write(async (manager) => {
      await manager.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'refused while committing' USING ERRCODE = '53100'; END $$`)
      await manager.query(`CREATE CONSTRAINT TRIGGER refuse_late AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.id = 2) EXECUTE FUNCTION refuse()`)
    })
    const outcomes = await Promise.allSettled([1, 2, 3].map(write))
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'store_unavailable' } })
    await write(4)
    expect(await ids()).toEqual([4])
  })
}
