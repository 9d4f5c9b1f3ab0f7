/**
 * What it costs to verify a long journal, and to read a page of it. The books are the ledger's own: posted through its
 * queue, in transfers of a hundred legs.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { measure } from '../harness.js'
import { ASSET, openBooks, openLedger } from './books.js'

const ENTRIES = Number(process.env.BENCH_ENTRIES ?? 1_000_000)
const LEGS = 100
const SHORT = 1000
const PAGES = 100
const ROUNDS = 3

export async function benchReading(directory) {
  const file = join(directory, 'books.sqlite')
  const database = await openBooks(`sqlite:${file}`)
  await postMany(database, { long: ENTRIES, tenth: ENTRIES / 10, short: SHORT })
  const ledger = openLedger()
  const long = ENTRIES.toLocaleString('en')
  await measure({
    ...{
      name: `verify, ${long} entries, vs a plain read of them`,
      unit: 'ms',
      better: 'lower',
      bar: 3,
      rounds: ROUNDS,
    },
    ours: () => milliseconds(() => verified(ledger.verify(database, { tenantId: 'long' }))),
    baseline: () => milliseconds(() => plainRead(file)),
  })
  await measure({
    ...{
      name: `verify, peak memory, ${long} entries vs a tenth`,
      unit: 'MB',
      better: 'lower',
      bar: 1.25,
      rounds: ROUNDS,
    },
    ours: () => peakMegabytes(file, 'long'),
    baseline: () => peakMegabytes(file, 'tenth'),
  })
  await measure({
    ...{ name: `statement page, account of ${long} entries vs of ${SHORT}`, unit: 'ms', better: 'lower', bar: 2 },
    ours: () => milliseconds(() => readPages({ database, ledger, tenantId: 'long', entries: ENTRIES })),
    baseline: () => milliseconds(() => readPages({ database, ledger, tenantId: 'short', entries: SHORT })),
  })
  await database.close()
}

async function postMany(database, lengths) {
  const queue = openLedger().queue(database)
  for (const [tenantId, entries] of Object.entries(lengths)) {
    for (let posted = 0; posted < entries; posted += 10 * LEGS) {
      const post = (_unused, index) => {
        const leg = { from: 'outside:operator', to: 'credit:mainnet', asset: ASSET, amount: 1n }
        return queue.post({
          tenantId,
          transferId: `p${posted}-${index}`,
          legs: Array.from({ length: LEGS }, () => leg),
        })
      }
      await Promise.all(Array.from({ length: 10 }, post))
    }
  }
}

async function milliseconds(work) {
  const startedMs = performance.now()
  await work()
  return performance.now() - startedMs
}

async function verified(verification) {
  const { valid, checked } = await verification
  if (!valid || checked !== ENTRIES) throw new Error(`verified ${checked} of ${ENTRIES} entries`)
}

function plainRead(file) {
  const database = new BetterSqlite3(file, { readonly: true })
  const read = database.prepare(`SELECT * FROM "studio_ledger_entry" WHERE "tenantId" = 'long' ORDER BY "seq"`)
  let rows = 0
  for (const row of read.safeIntegers().iterate()) rows += row.seq > 0n ? 1 : 0
  database.close()
  if (rows !== ENTRIES) throw new Error(`read ${rows} of ${ENTRIES} entries`)
}

/** Of a process that does nothing else. */
async function peakMegabytes(file, tenantId) {
  const child = fork(new URL('./verifier.js', import.meta.url), [JSON.stringify({ file, tenantId })])
  const [{ peakBytes }] = await once(child, 'message')
  return peakBytes / 2 ** 20
}

/** From all over the statement of an account, either way. */
async function readPages({ database, ledger, tenantId, entries }) {
  for (let page = 0; page < PAGES; page += 1) {
    const seq = Math.floor((page * (entries - 200)) / PAGES) + 100
    const range = page % 2 === 0 ? { first: 'oldest', afterSeq: seq } : { first: 'newest', beforeSeq: seq }
    const query = { tenantId, code: 'credit:mainnet', asset: ASSET, limit: 50, ...range }
    const { entries: found } = await database.read((manager) => ledger.statement(manager, query))
    if (found.length !== 50) throw new Error(`a page of ${found.length}`)
  }
}
