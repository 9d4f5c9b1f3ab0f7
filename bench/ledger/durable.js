/**
 * 64 callers that post from one hot account on SQLite through the ledger's queue, each transfer durable before its caller
 * goes on. The baseline runs the very statements of such a run, in the same transactions, on a bare driver in a loop: no ledger, no callers, no
 * TypeORM, nothing to compute. Its callers are made up, and wait for their turns just as long.
 */
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { measure } from '../harness.js'
import { fund, openBooks, openLedger, percentile, spending } from './books.js'

const CALLERS = 64
const TRANSFERS_A_CALLER = 100
const TENANT = 'hot'
/** Of the ledger's table of transfers. */
const TRANSFER_COLUMNS = 14

export async function benchDurable(directory) {
  let copies = 0
  const newFile = () => join(directory, `${(copies += 1)}.sqlite`)
  const prepared = newFile()
  const database = await openBooks(`sqlite:${prepared}`)
  await fund(database, [TENANT])
  await database.close()
  const copy = () => {
    const file = newFile()
    copyFileSync(prepared, file)
    return file
  }
  const log = await recordRun(copy())
  await measure({
    ...{ name: 'transfers, durable, SQLite, 64 callers', unit: 'transfers/s', better: 'higher', bar: 0.5 },
    ours: async () => (await run(copy())).perSecond,
    baseline: async () => replay(copy(), log).perSecond,
  })
  await measure({
    ...{ name: 'transfers, durable, SQLite, 64 callers, p99', unit: 'ms', better: 'lower', bar: 3 },
    ours: async () => percentile((await run(copy())).latenciesMs, 0.99),
    baseline: async () => percentile(replay(copy(), log).latenciesMs, 0.99),
  })
}

async function run(file, watch = async () => undefined) {
  const database = await openBooks(`sqlite:${file}`)
  await watch(database)
  const queue = openLedger().queue(database)
  const latenciesMs = []
  const caller = async (_unused, index) => {
    for (let count = 0; count < TRANSFERS_A_CALLER; count += 1) {
      const askedMs = performance.now()
      await queue.post(spending(TENANT, `p${index}-${count}`))
      latenciesMs.push(performance.now() - askedMs)
    }
  }
  const startedMs = performance.now()
  await Promise.all(Array.from({ length: CALLERS }, caller))
  const perSecond = rate(startedMs)
  await database.close()
  return { perSecond, latenciesMs }
}

/** The statements of one run, as the writing connection got them. */
async function recordRun(file) {
  const log = []
  await run(file, async (database) => {
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
  })
  return log
}

function replay(file, log) {
  const database = new BetterSqlite3(file)
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL']) database.pragma(pragma)
  const statements = new Map(log.map(({ sql }) => [sql, database.prepare(sql)]))
  const latenciesMs = []
  const startedMs = performance.now()
  // Since when each caller waits, who has waited longest first.
  const waiting = Array.from({ length: CALLERS }, () => startedMs)
  let transfers = 0
  for (const { sql, parameters } of log) {
    const statement = statements.get(sql)
    if (statement.reader) statement.all(...parameters)
    else statement.run(...parameters)
    if (/INSERT INTO "studio_ledger_transfer"/.test(sql)) transfers += parameters.length / TRANSFER_COLUMNS
    if (sql !== 'COMMIT') continue
    const nowMs = performance.now()
    for (; transfers > 0; transfers -= 1) {
      latenciesMs.push(nowMs - waiting.shift())
      waiting.push(nowMs)
    }
  }
  const perSecond = rate(startedMs)
  database.close()
  return { perSecond, latenciesMs }
}

function rate(startedMs) {
  return (CALLERS * TRANSFERS_A_CALLER * 1000) / (performance.now() - startedMs)
}
