import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { systemClock } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import {
  buryOthers,
  DIGEST,
  emptiedDatabase,
  openStudio,
  rowsOf,
  usageOf,
  type Studio,
  type StudioOptions,
} from './studio.js'
import { countThings, storeThing, ThingRow, thingSource, thingTables } from './things.js'

const PROGRAM = fileURLToPath(new URL('./calling-process.js', import.meta.url))
const customerId = 'alice'
const idempotency = { key: 'key-0', digest: DIGEST }

describeOnEachDatabase('recovery', (fresh) => {
  const emptied = emptiedDatabase(fresh, thingTables.entities)
  let url: string
  let dying: Studio
  let studio: Studio
  const children: ChildProcess[] = []

  const open = (options: StudioOptions = {}) =>
    openStudio(url, { tables: thingTables, effects: [thingSource], ...options })

  beforeEach(async () => {
    url = await emptied()
    dying = await open()
    studio = await open()
  })

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    await dying.kill()
    await studio.close()
  })

  const die = async () => {
    await dying.kill()
    await buryOthers(studio)
  }
  const repeat = (method: string) => studio.reserve({ customerId, method, idempotency })
  const isWhole = async () => (await studio.agent.billingManagerVerifyBooks({})).valid

  it('voids a pure call, whose key may then be used again', async () => {
    await dying.start(customerId, 'createVerifiableCredential', { idempotency })
    await die()
    expect(await studio.billing.recover()).toEqual({ settled: 0, voided: 1 })
    expect(await usageOf(studio, customerId, 'credential.issue')).toMatchObject({ used: 0, held: 0, remaining: 5 })
    expect((await repeat('createVerifiableCredential')).decision).toBe('reserved')
    expect(await isWhole()).toBe(true)
  })

  it('settles a call that stored what it makes; its answer is lost, and what it made is named', async () => {
    const reservationId = await dying.start(customerId, 'didManagerCreate', { idempotency })
    await storeThing(dying, { customerId, reservationId }, 'key')
    await storeThing(dying, { customerId, reservationId }, 'did')
    await die()
    expect(await studio.billing.recover()).toEqual({ settled: 1, voided: 0 })
    expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 1, held: 0 })
    const { decision, refusal } = await repeat('didManagerCreate')
    expect([decision, refusal?.code]).toEqual(['refused', 'answer_lost'])
    const made = ['did', 'key'].map((kind) => ({ kind, id: `${kind}-${reservationId}` }))
    expect(refusal?.made).toHaveLength(2)
    expect(refusal?.made).toEqual(expect.arrayContaining(made))
    expect(await isWhole()).toBe(true)
  })

  it('voids a call that stored nothing, or not what it makes', async () => {
    const partly = await dying.start(customerId, 'didManagerCreate', { idempotency })
    await storeThing(dying, { customerId, reservationId: partly }, 'key')
    await dying.start(customerId, 'didManagerCreate')
    await die()
    expect(await studio.billing.recover()).toEqual({ settled: 0, voided: 2 })
    expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 0, held: 0, remaining: 3 })
    expect((await repeat('didManagerCreate')).decision).toBe('reserved')
  })

  it('voids a call that has not said that it sends a transaction', async () => {
    await dying.start(customerId, 'cheqdCreate', { idempotency })
    await die()
    expect(await studio.billing.recover()).toEqual({ settled: 0, voided: 1 })
    expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 0, held: 0 })
    expect((await repeat('cheqdCreate')).decision).toBe('reserved')
  })

  it('leaves the calls of living processes alone, its own included', async () => {
    await dying.start(customerId, 'didManagerCreate')
    await studio.start(customerId, 'didManagerCreate')
    expect(await studio.billing.recover()).toEqual({ settled: 0, voided: 0 })
    await buryOthers(studio)
    expect(await studio.billing.recover()).toEqual({ settled: 0, voided: 1 })
    expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ held: 1 })
  })

  it('ends each call once, whichever of several processes is first', async () => {
    for (const owner of ['alice', 'bob', 'carol', 'dave', 'erin']) {
      const reservationId = await dying.start(owner, 'didManagerCreate')
      if (owner < 'c') await storeThing(dying, { customerId: owner, reservationId })
    }
    await die()
    const third = await open()
    await third.start('frank', 'didManagerCreate')
    const summaries = await Promise.all([studio, third, studio, third].map(({ billing }) => billing.recover()))
    expect(summaries.reduce((sum, { settled }) => sum + settled, 0)).toBe(2)
    expect(summaries.reduce((sum, { voided }) => sum + voided, 0)).toBe(3)
    expect(await isWhole()).toBe(true)
    await third.close()
  })

  it('ends more calls than it looks at in one go', async () => {
    const plans = [{ plan: 'build', limits: { 'did.create': 1, 'credential.issue': 500, 'key.create': 1 } }]
    const busy = await open({ plans })
    const starts = Array.from({ length: 105 }, () => busy.start(customerId, 'createVerifiableCredential'))
    await Promise.all(starts)
    await busy.kill()
    await buryOthers(studio)
    expect(await studio.billing.recover()).toEqual({ settled: 0, voided: 105 })
  })

  it('ends the others where one cannot be ended, and says so', async () => {
    await dying.start('bob', 'didManagerCreate')
    await dying.start('carol', 'didManagerCreate')
    const failing = await open({
      effects: [
        { find: async (_manager, { tenantId }) => (tenantId === 'bob' ? Promise.reject(new Error('no')) : []) },
      ],
    })
    await dying.kill()
    await buryOthers(failing)
    await expect(failing.billing.recover()).rejects.toThrow('1 reservations cannot be resolved')
    expect(await usageOf(failing, 'carol', 'did.create')).toMatchObject({ held: 0 })
    expect(await usageOf(failing, 'bob', 'did.create')).toMatchObject({ held: 1 })
    await failing.close()
  })

  it('ends calls of its own process of which nobody knows how they ended', async () => {
    const stored = await studio.start(customerId, 'didManagerCreate')
    await storeThing(studio, { customerId, reservationId: stored })
    const running = await studio.start(customerId, 'didManagerCreate')
    await studio.billing.leaveOpen({ customerId, reservationId: stored })
    expect(await studio.billing.recover()).toEqual({ settled: 1, voided: 0 })
    expect(await studio.billing.recover()).toEqual({ settled: 0, voided: 0 })
    const ended = await studio.agent.billingManagerVoid({ customerId, reservationId: running })
    expect(ended.state).toBe('voided')
  })

  it('forgets dead processes that have nothing open', async () => {
    await dying.start(customerId, 'createVerifiableCredential')
    await die()
    await studio.start(customerId, 'didManagerCreate')
    await studio.billing.recover()
    const sql = 'SELECT * FROM "studio_process"'
    const rows = await studio.database.read((manager) => manager.query<object[]>(sql), { acrossTenants: true })
    expect(rows).toHaveLength(1)
  })

  const runUntil = async (line: string, args: string[]) => {
    const child = spawn(process.execPath, [PROGRAM, url, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk) => String(chunk).includes(line) && resolve())
      child.on('exit', () => reject(new Error(`the program ended without ${line}`)))
    })
    return child
  }
  const kill = async (child: ChildProcess) => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  /** As a service does that is started again: it waits until the dead process is taken for dead. */
  const restartAndRecover = async () => {
    const again = await open({ clock: systemClock, leaseMs: 400, recovery: 'automatic' })
    again.billing.startRecovery()
    for (let tries = 0; tries < 100; tries += 1) {
      const open = `SELECT 1 FROM "studio_reservation" WHERE "state" = 'reserved'`
      const rows = await again.database.read((manager) => manager.query<object[]>(open), { acrossTenants: true })
      if (rows.length === 0) return again
      await sleep(50)
    }
    throw new Error('reservations stayed open')
  }

  it.each([
    ['reserved', { used: 0, decision: 'reserved' }],
    ['stored', { used: 1, decision: 'refused' }],
    ['settled', { used: 1, decision: 'replayed' }],
  ])('brings a call to its true end that was killed once it had %s', async (point, { used, decision }) => {
    await kill(await runUntil(point, [point]))
    const again = await restartAndRecover()
    expect(await usageOf(again, customerId, 'did.create')).toMatchObject({ used, held: 0 })
    expect(await countThings(again, customerId)).toBe(used)
    expect((await again.reserve({ customerId, method: 'didManagerCreate', idempotency })).decision).toBe(decision)
    await again.close()
  })

  it('charges for exactly what was stored by a process that is killed at any moment, again and again', async () => {
    for (const delayMs of [0, 60]) {
      const child = await runUntil('calling', ['never'])
      await sleep(delayMs)
      await kill(child)
      const again = await restartAndRecover()
      for (const owner of ['alice', 'bob', 'carol']) {
        const { used, held } = await usageOf(again, owner, 'did.create')
        expect({ owner, used, held }).toEqual({ owner, used: await countThings(again, owner), held: 0 })
        // The next process starts from the first key again.
        await again.database.write((manager) => manager.query(`DELETE FROM "studio_idempotency"`), {
          acrossTenants: true,
        })
      }
      expect(await again.agent.billingManagerVerifyBooks({})).toMatchObject({ valid: true })
      await again.close()
    }
    expect(await studio.database.read((manager) => manager.count(ThingRow), { acrossTenants: true })).toBeGreaterThan(4)
    expect((await rowsOf(studio, customerId))['reservation']).not.toHaveLength(0)
  })
})
