/**
 * What a metered call costs beside its work: reserve + settle pairs, durable, one hot account, 64 callers. The baseline
 * replays the very statements of such a run, in the same transactions, on a bare driver: no ledger, no callers, no
 * TypeORM, nothing to compute.
 */
import { createSecretKey, randomBytes } from 'node:crypto'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import * as billing from '@veramo-studio/billing-manager'
import * as ledgers from '@veramo-studio/ledger'
import { openDatabase } from '@veramo-studio/plugin-kit'
import BetterSqlite3 from 'better-sqlite3'
import pg from 'pg'
import startPostgres from '../test/support/build/start-postgres.js'
import stopPostgres from '../test/support/build/stop-postgres.js'
import { inTemporaryDirectory, measure } from './harness.js'

const CALLERS = 64
const PAIRS_A_CALLER = 30
const BAR = 0.4
const CUSTOMER = 'hot'
const PACKAGES = [billing, ledgers]
const chainKey = createSecretKey(randomBytes(32))
const agent = { availableMethods: () => [] }

await inTemporaryDirectory(benchSqlite)
await startPostgres()
try {
  await benchPostgres()
} finally {
  await stopPostgres()
}

async function benchSqlite(directory) {
  const copies = counted((count) => join(directory, `${count}.sqlite`))
  const prepared = copies()
  await prepare(`sqlite:${prepared}`)
  const fresh = async () => {
    const file = copies()
    copyFileSync(prepared, file)
    return file
  }
  const log = await record(`sqlite:${await fresh()}`)
  await measure({
    ...row('SQLite'),
    ours: async () => pairsPerSecond(await open(`sqlite:${await fresh()}`)),
    baseline: async () => {
      const database = new BetterSqlite3(await fresh())
      for (const pragma of ['journal_mode = WAL', 'synchronous = FULL']) database.pragma(pragma)
      const statements = new Map(log.map(({ sql }) => [sql, database.prepare(sql)]))
      const startedMs = performance.now()
      for (const { sql, parameters } of log) {
        const statement = statements.get(sql)
        if (statement.reader) statement.all(...parameters)
        else statement.run(...parameters)
      }
      const rate = rateSince(startedMs)
      database.close()
      return rate
    },
  })
}

async function benchPostgres() {
  const server = new pg.Client({ connectionString: process.env.TEST_POSTGRES_URL })
  await server.connect()
  server.on('error', () => undefined)
  const names = counted((count) => `bench_${process.pid}_${count}`)
  const urlOf = (name) => Object.assign(new URL(process.env.TEST_POSTGRES_URL), { pathname: name }).href
  const prepared = names()
  await server.query(`CREATE DATABASE ${prepared}`)
  await prepare(urlOf(prepared))
  const fresh = async () => {
    const name = names()
    await server.query(`CREATE DATABASE ${name} TEMPLATE ${prepared}`)
    return urlOf(name)
  }
  const log = await record(await fresh())
  await measure({
    ...row('Postgres'),
    ours: async () => pairsPerSecond(await open(await fresh())),
    baseline: async () => {
      const client = new pg.Client({ connectionString: await fresh() })
      await client.connect()
      const startedMs = performance.now()
      for (const { sql, parameters } of log) await client.query(sql, parameters.length > 0 ? parameters : undefined)
      const rate = rateSince(startedMs)
      await client.end()
      return rate
    },
  })
  await server.end()
}

function row(engine) {
  return { name: `reserve + settle, 64 callers, ${engine}`, unit: 'pairs/s', better: 'higher', bar: BAR, rounds: 3 }
}

/** A database with one customer, who has units enough and has called once. */
async function prepare(url) {
  const opened = await open(url)
  await pair(opened)
  await close(opened)
}

async function open(url) {
  const database = await openDatabase({
    url,
    entities: PACKAGES.map(({ Entities }) => Entities),
    migrations: PACKAGES.map(({ migrations }) => migrations),
  })
  const manager = new billing.BillingManager({
    database,
    ledger: new ledgers.Ledger({ chainKey }),
    methods: { didManagerCreate: { effect: 'pure', meter: 'did.create' } },
    plans: [{ plan: 'build', limits: { 'did.create': 1_000_000_000 } }],
    defaultPlan: 'build',
    recovery: 'manual',
  })
  return { database, manager }
}

async function close({ database, manager }) {
  await manager.stop()
  await database.close()
}

async function pair({ manager }) {
  const { reservationId } = await manager.reserve({ customerId: CUSTOMER, method: 'didManagerCreate' }, agent)
  await manager.settle({ customerId: CUSTOMER, reservationId })
}

async function run(opened) {
  const caller = async () => {
    for (let count = 0; count < PAIRS_A_CALLER; count += 1) await pair(opened)
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
}

async function pairsPerSecond(opened) {
  const startedMs = performance.now()
  await run(opened)
  const rate = rateSince(startedMs)
  await close(opened)
  return rate
}

/** The statements of one run, as the writing connection got them. */
async function record(url) {
  const opened = await open(url)
  const log = []
  const { driver } = opened.database.parts.writing
  const createQueryRunner = driver.createQueryRunner.bind(driver)
  const watched = new WeakSet()
  driver.createQueryRunner = (mode) => {
    const runner = createQueryRunner(mode)
    if (!watched.has(runner)) {
      watched.add(runner)
      const query = runner.query.bind(runner)
      runner.query = (sql, parameters = [], ...rest) => {
        log.push({ sql, parameters })
        return query(sql, parameters, ...rest)
      }
    }
    return runner
  }
  // The writer has its connection already: it takes another one after this.
  const { connection } = opened.database.parts.writer
  await connection.current?.release()
  connection.current = undefined
  await run(opened)
  await close(opened)
  return log.filter(({ sql }) => sql !== 'ROLLBACK')
}

function rateSince(startedMs) {
  return (CALLERS * PAIRS_A_CALLER * 1000) / (performance.now() - startedMs)
}

function counted(make) {
  let count = 0
  return () => make((count += 1))
}
