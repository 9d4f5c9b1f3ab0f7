import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { systemClock } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { errorOf, emptiedDatabase, openStudio, usageOf, type Studio, type StudioOptions } from './studio.js'

const LEASE_MS = 400

describeOnEachDatabase('the lease of a process', (fresh, engine) => {
  const emptied = emptiedDatabase(fresh)
  let url: string
  const studios: Studio[] = []

  const open = async (options: StudioOptions = {}) => {
    const studio = await openStudio(url, { clock: systemClock, leaseMs: LEASE_MS, ...options })
    studios.push(studio)
    return studio
  }
  const processes = ({ database }: Studio) =>
    database.read((manager) => manager.query<object[]>('SELECT * FROM "studio_process"'), { acrossTenants: true })

  beforeEach(async () => {
    url = await emptied()
  })

  afterEach(async () => {
    for (const studio of studios.splice(0)) await studio.close()
  })

  it('keeps the calls of a process that lives, for as long as they take', async () => {
    const living = await open()
    const other = await open()
    const reservationId = await living.start('alice', 'createVerifiableCredential')
    for (let count = 0; count < 4; count += 1) {
      await sleep(LEASE_MS / 2)
      expect(await other.billing.recover()).toEqual({ settled: 0, voided: 0 })
    }
    const settled = await living.agent.billingManagerSettle({ customerId: 'alice', reservationId })
    expect(settled.state).toBe('settled')
  })

  it('ends by itself where the process is gone, and the calls with it', async () => {
    const dying = await openStudio(url, { clock: systemClock, leaseMs: LEASE_MS, onBackgroundError: () => {} })
    await dying.start('alice', 'createVerifiableCredential')
    await dying.kill()
    const other = await open()
    expect(await other.billing.recover()).toEqual({ settled: 0, voided: 0 })
    await sleep(LEASE_MS + 50)
    expect(await other.billing.recover()).toEqual({ settled: 0, voided: 1 })
    await dying.billing.stop().catch(() => undefined)
  })

  if (engine === 'postgres') {
    it('outlasts a wait for a row that others have locked, however long: such a process is at work', async () => {
      const living = await open()
      const other = await open()
      const reservationId = await living.start('alice', 'createVerifiableCredential')
      let release: () => void = () => undefined
      const lock = `SELECT 1 FROM "studio_process" FOR UPDATE`
      const locked = new Promise<void>((resolve) => {
        void other.database.write(
          async (manager) => {
            await manager.query(lock)
            resolve()
            await new Promise<void>((done) => (release = done))
          },
          { acrossTenants: true },
        )
      })
      await locked
      await sleep(2 * LEASE_MS)
      const third = await open()
      expect(await third.billing.recover()).toEqual({ settled: 0, voided: 0 })
      release()
      const settled = await living.agent.billingManagerSettle({ customerId: 'alice', reservationId })
      expect(settled.state).toBe('settled')
    })
  }

  it('begins with the first metered call, and is given back at the end', async () => {
    const studio = await open()
    await studio.reserve({ customerId: 'alice', method: 'resolveDid' })
    expect(await processes(studio)).toEqual([])
    await studio.start('alice', 'createVerifiableCredential')
    expect(await processes(studio)).toHaveLength(1)
    await studio.billing.stop()
    expect(await processes(studio)).toEqual([])
    await studio.billing.stop()
    await studio.start('alice', 'createVerifiableCredential')
    expect(await processes(studio)).toHaveLength(1)
  })

  it('is neither forgotten nor given back with that of another, also without a call that is open', async () => {
    const [living, ending] = [await open({ leaseMs: 60_000 }), await open({ leaseMs: 60_000 })]
    for (const { start, billing } of [living, ending]) {
      await billing.settle({ customerId: 'alice', reservationId: await start('alice', 'apiKeyManagerCreate') })
    }
    await ending.billing.recover()
    expect(await processes(living)).toHaveLength(2)
    await ending.billing.stop()
    expect(await processes(living)).toHaveLength(1)
  })

  it('lets a process recover by itself from its first metered call on', async () => {
    const studio = await open({ recovery: 'automatic' })
    const other = await open()
    await other.start('alice', 'createVerifiableCredential')
    await other.billing.stop()
    expect(await usageOf(studio, 'alice', 'credential.issue')).toMatchObject({ held: 1 })
    await studio.start('bob', 'createVerifiableCredential')
    for (let tries = 0; tries < 50; tries += 1) {
      await sleep(20)
      if ((await usageOf(studio, 'alice', 'credential.issue')).held === 0) return
    }
    throw new Error('nothing was recovered')
  })

  it('says what fails in the background, and goes on', async () => {
    const failures: unknown[] = []
    const studio = await open({ onBackgroundError: (error) => failures.push(error) })
    await studio.start('alice', 'createVerifiableCredential')
    const move = (from: string, to: string) =>
      studio.database.write((manager) => manager.query(`ALTER TABLE "${from}" RENAME TO "${to}"`), {
        acrossTenants: true,
      })
    await move('studio_process', 'studio_process_away')
    await sleep(LEASE_MS)
    await move('studio_process_away', 'studio_process')
    expect(failures.length).toBeGreaterThan(0)
    const [before] = await processes(studio)
    await sleep(LEASE_MS)
    expect(await processes(studio)).not.toEqual([before])
  })

  it('cannot be too short to be kept', async () => {
    expect(await errorOf(open({ leaseMs: 5 }))).toMatchObject({ code: 'setting_invalid' })
    expect(await errorOf(open({ leaseMs: Number.NaN }))).toMatchObject({ code: 'setting_invalid' })
  })
})
