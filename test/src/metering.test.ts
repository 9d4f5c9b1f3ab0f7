import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { openDatabase } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase, temporaryDirectory } from '@veramo-studio/test-support'
import { AGENT_FILE } from './agents/environment.js'
import type { ServiceProcess } from './agents/service-process.js'
import { TRIAL_DIDS } from './agents/usage.js'
import {
  callService,
  countAnswers,
  didNamedBy,
  grantDids,
  newRemoteCustomer,
  remoteBooks,
  remoteDids,
  remoteUsage,
  unexpectedAnswers,
  type RemoteCustomer,
} from './faults/service-client.js'
import { expectNothingHeld, startedServices } from './faults/services.js'

/** Generous: how fast the machine is proves nothing. */
const RECOVERY_LIMIT_MS = 60_000
const LIMIT_MS = 180_000

describeOnEachDatabase('metered calls of several processes', (fresh, engine) => {
  const ofTheSuite = startedServices(afterAll)
  const ofATest = startedServices()
  const directory = temporaryDirectory()
  let url: string
  let first: ServiceProcess
  let second: ServiceProcess

  beforeAll(async () => {
    url = await fresh()
    ;[first, second] = (await ofTheSuite.start(url, 2)) as [ServiceProcess, ServiceProcess]
  }, LIMIT_MS)

  const create = (service: ServiceProcess, customer: RemoteCustomer, idempotencyKey?: string) =>
    callService(service, { ...customer, ...(idempotencyKey !== undefined && { idempotencyKey }) }, [
      'didManagerCreate',
      {},
    ])

  it(
    'let exactly as many pass as there are units: the rest is 402, and nothing stays held',
    async () => {
      const customer = await newRemoteCustomer(first)
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_unused, index) => create(index % 2 === 0 ? first : second, customer)),
      )
      expect(countAnswers(answers)).toEqual({ '200': TRIAL_DIDS, '402 limit_exhausted': 60 - TRIAL_DIDS })
      expect(await remoteUsage(second, customer)).toMatchObject({ used: TRIAL_DIDS, held: 0, remaining: 0 })
      expect(await remoteDids(first, customer)).toHaveLength(TRIAL_DIDS)
      expect(await remoteBooks(second)).toMatchObject({ valid: true })
    },
    LIMIT_MS,
  )

  it(
    'are limited as agent.yml says: who changes a limit there and restarts sees it in the usage',
    async () => {
      const agentFile = join(directory, `${engine}.yml`)
      const shipped = readFileSync(AGENT_FILE, 'utf8')
      const limitTo = (limit: string) => {
        const text = shipped.replace('limits: { did.create: 20, credential.issue: 100 }', `limits: { ${limit} }`)
        expect(text.includes(limit)).toBe(true)
        writeFileSync(agentFile, text)
      }
      limitTo('did.create: 20, credential.issue: 100')
      const [service] = (await ofATest.start(await fresh(), 1, { agentFile })) as [ServiceProcess]
      const restartWith = async (limit: string) => {
        await service.stop()
        limitTo(limit)
        await service.start()
      }
      const customer = await newRemoteCustomer(service)
      await create(service, customer)
      expect(await remoteUsage(service, customer)).toMatchObject({ used: 1, limit: 20, remaining: 19 })

      await restartWith('did.create: 2, credential.issue: 100')
      expect(await remoteUsage(service, customer)).toMatchObject({ used: 1, limit: 2, remaining: 1 })
      expect((await create(service, customer)).status).toBe(200)
      expect((await create(service, customer)).status).toBe(402)

      await restartWith('did.create: { day: 3, trial: 9 }, credential.issue: 100')
      expect((await remoteUsage(service, customer)).limits).toMatchObject([
        { per: 'day', used: 2, limit: 3, remaining: 1 },
        { per: 'trial', used: 2, limit: 9, remaining: 7 },
      ])
      expect(await remoteBooks(service)).toMatchObject({ valid: true })
    },
    LIMIT_MS,
  )

  it(
    'are each paid for once through a SIGKILL, when all are sent again with their keys',
    async () => {
      const total = 200
      const customer = await newRemoteCustomer(first)
      await grantDids(first, customer, total - TRIAL_DIDS)
      const idempotencyKeys = Array.from({ length: total }, () => randomUUID())

      const sent = idempotencyKeys.map((each) => create(first, customer, each).catch(() => undefined))
      while ((await remoteUsage(second, customer)).used < total / 4) await sleep(5)
      await first.signal('SIGKILL')
      expect(countAnswers(await Promise.all(sent))['200'] ?? 0).toBeLessThan(total)

      await first.start()
      await expectNothingHeld(first, customer, RECOVERY_LIMIT_MS)
      const answers = await Promise.all(idempotencyKeys.map((each) => create(first, customer, each)))
      expect(unexpectedAnswers(answers, ['200', '409 answer_lost'])).toEqual({})
      const made = answers.map(didNamedBy)
      expect(new Set(made).size).toBe(total)
      expect(await remoteDids(first, customer)).toEqual([...made].sort())
      expect(await remoteUsage(first, customer)).toMatchObject({ used: total, held: 0, remaining: 0 })
      expect(await remoteBooks(first)).toMatchObject({ valid: true })
    },
    LIMIT_MS,
  )

  it(
    'are in books that name the first row which was changed',
    async () => {
      const ownUrl = await fresh()
      const [service] = (await ofATest.start(ownUrl, 1)) as [ServiceProcess]
      const customer = await newRemoteCustomer(service)
      for (let count = 0; count < 3; count += 1) await create(service, customer)
      expect(await remoteBooks(service)).toMatchObject({ valid: true })
      const database = await openDatabase({ url: ownUrl, entities: [], migrations: [] })
      await database.write(
        (manager) => manager.query('UPDATE studio_ledger_entry SET amount = amount + 1 WHERE seq = 3'),
        { acrossTenants: true },
      )
      await database.close()
      const report = await remoteBooks(service)
      expect(report).toMatchObject({ valid: false, firstBreak: { seq: '3', customerId: expect.any(String) } })
    },
    LIMIT_MS,
  )

  it(
    'are 503 and free while the store is broken, and served again when it is mended',
    async () => {
      const service = first
      const customer = await newRemoteCustomer(service)
      await create(service, customer)
      const database = await openDatabase({ url, entities: [], migrations: [] })
      const rename = (from: string, to: string) =>
        database.write((manager) => manager.query(`ALTER TABLE ${from} RENAME TO ${to}`), { acrossTenants: true })
      await rename('studio_did', 'studio_did_gone')
      const broken = await create(service, customer)
      expect([broken.status, broken.body['code']]).toEqual([503, 'store_unavailable'])
      await rename('studio_did_gone', 'studio_did')
      await expectNothingHeld(service, customer, RECOVERY_LIMIT_MS)
      expect(await remoteUsage(service, customer)).toMatchObject({ used: 1, held: 0 })
      expect((await create(service, customer)).status).toBe(200)
      if (engine === 'sqlite') {
        // Another process that writes for long is a store that does not answer.
        let release: () => void = () => undefined
        let blocked: Promise<void> | undefined
        await new Promise<void>((begun) => {
          blocked = database.write(
            () => {
              begun()
              return new Promise<void>((resolve) => (release = resolve))
            },
            { acrossTenants: true },
          )
        })
        const waiting = await create(service, customer)
        expect([waiting.status, waiting.body['code']]).toEqual([503, 'store_unavailable'])
        release()
        await blocked
        expect(await remoteUsage(service, customer)).toMatchObject({ used: 2, held: 0 })
      }
      await database.close()
    },
    LIMIT_MS,
  )
})
