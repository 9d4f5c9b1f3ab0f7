import { EventEmitter, once } from 'node:events'
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { describeOnEachDatabase, startPostgresProxy } from '@veramo-studio/test-support'
import type { EntityManager } from 'typeorm'
import { openDatabase, type Database } from '../index.js'
import { CreateNote, Note } from './note.js'
import { openWriter, type OpenWriter } from './open-writer.js'

const LIMITS = { maxBatch: 10, workTimeoutMs: 400 }

describeOnEachDatabase('the limits of the writer', (fresh, engine) => {
  let database: Database
  let opened: OpenWriter
  let url: string

  beforeEach(async () => {
    url = await fresh()
    database = await openDatabase({ url, entities: [Note], migrations: [CreateNote] })
    opened = await openWriter(url, LIMITS)
  })

  const closeLater: { close(): Promise<void> }[] = []

  afterEach(async () => {
    for (const open of [...closeLater.splice(0), opened, database]) await open.close()
  })

  const insert = (manager: EntityManager, id: number) => manager.insert(Note, { owner: 't', id, text: '' })
  const ids = async () =>
    (await database.read((manager) => manager.find(Note, { order: { id: 'ASC' } }))).map((note) => note.id)

  it('lets waiting callers share a commit, and never more of them than a batch holds', async () => {
    const commit = jest.spyOn(opened.connection, 'commit')
    await Promise.all(
      Array.from({ length: 35 }, (_unused, id) => opened.writer.write((manager) => insert(manager, id))),
    )
    expect(commit).toHaveBeenCalledTimes(4)
    expect(await ids()).toHaveLength(35)
  })

  it('gives a work that asks for it a transaction of its own, in its turn', async () => {
    const order: string[] = []
    const transactions: Promise<unknown>[] = []
    const commit = jest.spyOn(opened.connection, 'commit')
    for (const name of ['first', 'second', 'alone', 'last']) {
      const work = async (manager: EntityManager) => {
        order.push(`${name} after ${commit.mock.calls.length}`)
        await insert(manager, order.length)
      }
      transactions.push(opened.writer.write(work, { alone: name === 'alone' }))
    }
    await Promise.all(transactions)
    expect(order).toEqual(['first after 0', 'second after 0', 'alone after 1', 'last after 2'])
  })

  it('undoes a work that hangs, and keeps what the others of its batch did', async () => {
    const hanging = async (manager: EntityManager) => {
      await insert(manager, 2)
      await new Promise(() => undefined)
    }
    const outcomes = await Promise.allSettled([
      opened.writer.write((manager) => insert(manager, 1)),
      opened.writer.write(hanging),
      opened.writer.write((manager) => insert(manager, 3)),
    ])
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(outcomes[1]).toMatchObject({ reason: { code: 'store_unavailable', retryable: true } })
    expect(await ids()).toEqual([1, 3])
  })

  it('undoes a work that hangs by itself, and goes on', async () => {
    const hanging = opened.writer.write(async (manager) => {
      await insert(manager, 1)
      await new Promise(() => undefined)
    })
    await expect(hanging).rejects.toMatchObject({ code: 'store_unavailable' })
    await opened.writer.write((manager) => insert(manager, 2))
    expect(await ids()).toEqual([2])
  })

  it('refuses the statements of a work that comes back after its time', async () => {
    const ended = new EventEmitter()
    const statement = new Promise((resolve) => {
      const late = opened.writer.write(async (manager) => {
        await once(ended, 'ended')
        resolve(await insert(manager, 1).catch((error: unknown) => error))
      })
      late.catch(() => ended.emit('ended'))
    })
    expect(await statement).toMatchObject({ code: 'writer_reentered' })
    expect(await ids()).toEqual([])
  })

  if (engine === 'postgres') {
    it('gives up a statement that Postgres does not finish in time, and goes on', async () => {
      const startedMs = performance.now()
      const outcomes = await Promise.allSettled([
        opened.writer.write((manager) => insert(manager, 1)),
        opened.writer.write((manager) => manager.query('SELECT pg_sleep(20)')),
        opened.writer.write((manager) => insert(manager, 3)),
      ])
      expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      expect(outcomes[1]).toMatchObject({ reason: { code: 'store_unavailable' } })
      expect(performance.now() - startedMs).toBeLessThan(5000)
      expect(await ids()).toEqual([1, 3])
    })

    it.each([
      ['before a transaction', 'store_unavailable', [1, 4]],
      ['in a work', 'store_unavailable', [1, 4]],
      ['at a commit', 'write_outcome_unknown', [1, 2, 3, 4]],
    ])('does not wait for a network that falls silent %s, and goes on by another connection', async (...row) => {
      const [moment, code, kept] = row
      const proxy = await startPostgresProxy(url)
      const remote = await openWriter(proxy.url, LIMITS)
      closeLater.push(remote, proxy)
      await remote.writer.write((manager) => insert(manager, 1))
      if (moment === 'before a transaction') proxy.swallowEverything()
      if (moment === 'at a commit') proxy.loseNextCommitAnswer('by silence')
      const outcomes = await Promise.allSettled([
        remote.writer.write((manager) => insert(manager, 2)),
        remote.writer.write(async (manager) => {
          if (moment === 'in a work') proxy.swallowEverything()
          await insert(manager, 3)
        }),
      ])
      for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code } })
      await remote.writer.write((manager) => insert(manager, 4))
      expect(await ids()).toEqual(kept)
    })
  }
})
