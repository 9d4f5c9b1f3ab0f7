/**
 * Four processes that post on Postgres, each transfer durable before its caller goes on, through the ledger's queue. The
 * baseline does one transfer a commit, as callers without a queue do: node-postgres, with a pool as it comes, in as many
 * processes with as many callers; the statements are the ledger's own.
 */
import { once } from 'node:events'
import { fork } from 'node:child_process'
import pg from 'pg'
import { measure } from '../harness.js'
import { fund, openBooks } from './books.js'

const PROCESSES = 4
const CALLERS = 64
const ROUNDS = 3

export async function benchProcesses() {
  const server = new pg.Client({ connectionString: process.env.TEST_POSTGRES_URL })
  await server.connect()
  server.on('error', () => undefined)
  const rows = [
    { name: 'transfers, Postgres, four processes, one hot account', tenants: 1, bar: 6 },
    { name: 'transfers, Postgres, four processes, 1,000 accounts', tenants: 1000, bar: 1 },
  ]
  for (const { name, tenants, bar } of rows) {
    const databaseName = `bench_${process.pid}_${tenants}`
    await server.query(`CREATE DATABASE ${databaseName}`)
    const url = Object.assign(new URL(process.env.TEST_POSTGRES_URL), { pathname: databaseName }).href
    const database = await openBooks(url)
    await fund(
      database,
      Array.from({ length: tenants }, (_unused, index) => `tenant${index}`),
    )
    await database.close()
    let run = 0
    const perSecond = (how) => inProcesses({ url, how, tenants, callers: CALLERS, run: (run += 1) })
    await measure({
      ...{ name, unit: 'transfers/s', better: 'higher', bar, rounds: ROUNDS },
      ours: () => perSecond('queue'),
      baseline: () => perSecond('commit each'),
    })
  }
  await server.end()
}

/** All of them measure the same second or so: each starts when all are ready. */
async function inProcesses(options) {
  const children = Array.from({ length: PROCESSES }, (_unused, index) =>
    fork(new URL('./poster.js', import.meta.url), [JSON.stringify({ ...options, index })]),
  )
  const exits = children.map((child) => once(child, 'exit'))
  await Promise.all(children.map((child) => once(child, 'message')))
  const answers = children.map((child) => once(child, 'message'))
  for (const child of children) child.send('go')
  const rates = await Promise.all(answers)
  await Promise.all(exits)
  return rates.reduce((sum, [{ perSecond }]) => sum + perSecond, 0)
}
