import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { EntityManager } from 'typeorm'
import { openDatabase, runAsPrincipal, type Database, type MeteredCall, type Principal } from '../index.js'
import { CreateNote, Note } from './note.js'

const principal: Principal = { tenantId: 'ann', role: 'customer', permissions: ['*'], environment: 'live' }
const meteredCall: MeteredCall = { callId: 'call', guardWrite: async () => undefined }

describeOnEachDatabase('a write that becomes durable with its metered call', (fresh, engine) => {
  let database: Database

  beforeEach(async () => {
    database = await openDatabase({ url: await fresh(), entities: [Note], migrations: [CreateNote] })
  })
  afterEach(() => database.close())

  /** Whether the commit of the write will wait for the disk. */
  async function waits(manager: EntityManager): Promise<boolean> {
    const setting = engine === 'postgres' ? 'SHOW synchronous_commit' : 'PRAGMA synchronous'
    const [row] = await manager.query<Record<string, unknown>[]>(setting)
    const [value] = Object.values(row ?? {})
    const known = new Map(Object.entries(engine === 'postgres' ? { on: true, off: false } : { 2: true, 1: false }))
    const found = known.get(String(value))
    if (found === undefined) throw new Error(`unknown: ${String(value)}`)
    return found
  }
  const ownWrite = () => database.write(waits)
  const callWrite = () => database.write(waits, { durability: 'call' })
  const inCall = <T>(work: () => T): T => runAsPrincipal(principal, work, meteredCall)

  it('does not wait for the disk, and what comes after it does', async () => {
    expect(await inCall(callWrite)).toBe(false)
    expect(await ownWrite()).toBe(true)
    expect(await inCall(callWrite)).toBe(false)
    expect(await inCall(ownWrite)).toBe(true)
  })

  it('waits as any other where no metered call would make it durable', async () => {
    expect(await callWrite()).toBe(true)
    expect(await runAsPrincipal(principal, callWrite)).toBe(true)
  })

  it('has its own outcome beside others, and is read as soon as it is committed', async () => {
    const insert = (id: number, options: object) =>
      inCall(() =>
        database.write(async (manager) => {
          await manager.insert(Note, { owner: 'ann', id, text: '' })
          if (id % 3 === 0) throw new Error('the caller changed its mind')
        }, options),
      )
    const writes = Array.from({ length: 60 }, (_unused, id) => insert(id, id % 2 === 0 ? { durability: 'call' } : {}))
    const outcomes = await Promise.allSettled(writes)
    const kept = outcomes.flatMap(({ status }, id) => (status === 'fulfilled' ? [id] : []))
    const rows = await database.read((manager) => manager.find(Note, { order: { id: 'ASC' } }))
    expect(kept).toHaveLength(40)
    expect(rows.map(({ id }) => id)).toEqual(kept)
  })

  it('goes before durable ones, so that these wait for the disk together, but not for ever', async () => {
    const order: string[] = []
    let ended = false
    const again = async (): Promise<void> => {
      while (!ended) await inCall(callWrite).then(() => order.push('call'))
    }
    const endless = again()
    await Promise.all([1, 2].map(() => ownWrite().then(() => order.push('own'))))
    ended = true
    await endless
    const first = order.indexOf('own')
    expect(order.slice(first, first + 2)).toEqual(['own', 'own'])
    expect(first).toBeGreaterThan(0)
  })
})
