/**
 * What a metered call costs beside its work: reserve + settle pairs, durable, one hot account.
 *
 * On SQLite the baseline is a bare driver that runs the very statements of such pairs: no ledger, no callers, no TypeORM,
 * nothing to compute. They are those of calls that are each decided alone, a reservation and a settling for each, which
 * share commits as our writer lets them. So the baseline stays what it is when calls that wait are decided together: the
 * statements that this saves are saved by ours alone.
 *
 * On Postgres the baseline is the same in four processes, with each call decided alone, and a commit for each reservation
 * and each settling.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import pg from 'pg'
import startPostgres from '../../test/support/build/start-postgres.js'
import stopPostgres from '../../test/support/build/stop-postgres.js'
import { inTemporaryDirectory, measure } from '../harness.js'
import { percentile } from '../ledger/books.js'
import { closeStudio, openStudio, pair, prepareStudio } from './studio.js'

const CALLERS = 64
const PAIRS_A_CALLER = 30
const PROCESSES = 4
const ALONE = 200
const ROUNDS = 3
const BENCH_TABLE = 'CREATE TABLE "bench" ("value" INTEGER)'
const DURABLE_COMMIT = 'INSERT INTO "bench" ("value") VALUES (1)'

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
  await prepareStudio(`sqlite:${prepared}`)
  const fresh = () => {
    const file = copies()
    copyFileSync(prepared, file)
    return file
  }
  const log = await record(`sqlite:${fresh()}`)
  const name = 'reserve + settle, durable, SQLite, 64 callers'
  await measure({
    ...{ name, unit: 'pairs/s', better: 'higher', bar: 0.5, rounds: ROUNDS },
    ours: async () => (await run(`sqlite:${fresh()}`)).perSecond,
    baseline: () => replay(fresh(), log).perSecond,
  })
  await measure({
    ...{ name: `${name}, p99`, unit: 'ms', better: 'lower', bar: 3, rounds: ROUNDS },
    ours: async () => percentile((await run(`sqlite:${fresh()}`)).latenciesMs, 0.99),
    baseline: () => percentile(replay(fresh(), log).latenciesMs, 0.99),
  })
  await measure({
    ...{ name: 'added to a call alone, SQLite, p50', unit: 'ms', better: 'lower', bar: 3, rounds: ROUNDS },
    ours: () => pairAlone(`sqlite:${fresh()}`),
    baseline: () => {
      const database = durable(fresh())
      database.exec(BENCH_TABLE)
      const commit = database.prepare(DURABLE_COMMIT)
      const latenciesMs = Array.from({ length: ALONE }, () => {
        const startedMs = performance.now()
        commit.run()
        return performance.now() - startedMs
      })
      database.close()
      return percentile(latenciesMs, 0.5)
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
  await prepareStudio(urlOf(prepared))
  const fresh = async () => {
    const name = names()
    await server.query(`CREATE DATABASE ${name} TEMPLATE ${prepared}`)
    return urlOf(name)
  }
  await measure({
    ...{
      name: 'reserve + settle, Postgres, four processes',
      unit: 'pairs/s',
      better: 'higher',
      bar: 6,
      rounds: ROUNDS,
    },
    ours: async () => inProcesses({ url: await fresh(), how: 'as shipped' }),
    baseline: async () => inProcesses({ url: await fresh(), how: 'commit each' }),
  })
  await measure({
    ...{ name: 'added to a call alone, Postgres, p50', unit: 'ms', better: 'lower', bar: 3, rounds: ROUNDS },
    ours: async () => pairAlone(await fresh()),
    baseline: async () => {
      const client = new pg.Client({ connectionString: await fresh() })
      await client.connect()
      await client.query(BENCH_TABLE)
      const latenciesMs = []
      for (let count = 0; count < ALONE; count += 1) {
        const startedMs = performance.now()
        await client.query(DURABLE_COMMIT)
        latenciesMs.push(performance.now() - startedMs)
      }
      await client.end()
      return percentile(latenciesMs, 0.5)
    },
  })
  await server.end()
}

async function run(url, { alone = false, watch = async () => undefined } = {}) {
  const studio = await openStudio(url, { alone })
  await watch(studio.database)
  // The first commit makes the log's file, which takes long: on both sides it is not measured.
  await pair(studio)
  const latenciesMs = []
  const caller = async () => {
    for (let count = 0; count < PAIRS_A_CALLER; count += 1) await pair(studio, (ms) => latenciesMs.push(ms))
  }
  const startedMs = performance.now()
  await Promise.all(Array.from({ length: CALLERS }, caller))
  const perSecond = rate(startedMs)
  await closeStudio(studio)
  return { perSecond, latenciesMs }
}

/** The median of what a caller waits for beside its own work, when there is no other. */
async function pairAlone(url) {
  const studio = await openStudio(url)
  const latenciesMs = []
  for (let count = 0; count < ALONE; count += 1) {
    const startedMs = performance.now()
    await pair(studio)
    latenciesMs.push(performance.now() - startedMs)
  }
  await closeStudio(studio)
  return percentile(latenciesMs, 0.5)
}

/** All of them measure the same seconds: each starts when all are ready. */
async function inProcesses(options) {
  const children = Array.from({ length: PROCESSES }, () =>
    fork(new URL('./caller.js', import.meta.url), [JSON.stringify({ ...options, callers: CALLERS })]),
  )
  const exits = children.map((child) => once(child, 'exit'))
  await Promise.all(children.map((child) => once(child, 'message')))
  const answers = children.map((child) => once(child, 'message'))
  for (const child of children) child.send('go')
  const rates = await Promise.all(answers)
  await Promise.all(exits)
  return rates.reduce((sum, [{ perSecond }]) => sum + perSecond, 0)
}

/** The statements of one run in which each call is decided alone, as the writing connection got them. */
async function record(url) {
  const log = []
  const watch = async (database) => {
    const { writing, writer } = database.parts
    const createQueryRunner = writing.driver.createQueryRunner.bind(writing.driver)
    writing.driver.createQueryRunner = (mode) => {
      const runner = createQueryRunner(mode)
      const query = runner.query.bind(runner)
      return new Proxy(runner, {
        get: (target, property, receiver) =>
          property === 'query'
            ? (sql, parameters = [], ...rest) => {
                log.push({ sql, parameters })
                return query(sql, parameters, ...rest)
              }
            : Reflect.get(target, property, receiver),
      })
    }
    // The writer has its connection already: it takes another one after this.
    await writer.connection.current?.release()
    writer.connection.current = undefined
  }
  await run(url, { alone: true, watch })
  return log.filter(({ sql }) => sql !== 'ROLLBACK')
}

function replay(file, log) {
  const database = durable(file)
  database.exec(BENCH_TABLE)
  const statements = new Map(log.map(({ sql }) => [sql, database.prepare(sql)]))
  const latenciesMs = []
  const startedMs = performance.now()
  // Since when each caller waits, who has waited longest first.
  const waiting = Array.from({ length: CALLERS }, () => startedMs)
  let sharing = 0
  for (const { sql, parameters } of log) {
    const statement = statements.get(sql)
    if (statement.reader) statement.all(...parameters)
    else statement.run(...parameters)
    if (sql.startsWith('SAVEPOINT')) sharing += 1
    if (sql !== 'COMMIT') continue
    const nowMs = performance.now()
    for (let answered = Math.max(1, sharing); answered > 0; answered -= 1) {
      latenciesMs.push(nowMs - waiting.shift())
      waiting.push(nowMs)
    }
    sharing = 0
  }
  const perSecond = rate(startedMs)
  database.close()
  return { perSecond, latenciesMs }
}

function durable(file) {
  const database = new BetterSqlite3(file)
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL']) database.pragma(pragma)
  return database
}

function rate(startedMs) {
  return (CALLERS * PAIRS_A_CALLER * 1000) / (performance.now() - startedMs)
}

function counted(make) {
  let count = 0
  return () => make((count += 1))
}
