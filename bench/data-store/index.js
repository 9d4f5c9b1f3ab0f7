/**
 * The data store beside Veramo's own on the same database, each on a SQLite file or a Postgres database of its own. One
 * tenant: saving, getting, listing and querying credentials, and creating a `did:key` with its key, in this process. The
 * same query of one tenant among many, against our own single-tenant figure. What a tenant that was active leaves in memory.
 *
 * `BENCH_TENANTS` (default 10,000) and `BENCH_CREDENTIALS` (default 100, of each tenant) set the size of the crowd. Veramo's
 * store runs on `sqlite3`, as its own agent.yml has it.
 */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import startPostgres from '../../test/support/build/start-postgres.js'
import stopPostgres from '../../test/support/build/stop-postgres.js'
import { inTemporaryDirectory, measure, perSecond } from '../harness.js'
import { credential, fillCrowd, query } from './credentials.js'
import { benchMemory } from './memory.js'
import { openStudio, openVeramo, TENANT } from './stores.js'

const TENANTS = Number(process.env.BENCH_TENANTS ?? 10_000)
const CREDENTIALS = Number(process.env.BENCH_CREDENTIALS ?? 100)
const BAR = 1
const DID_BAR = 4
const CALLERS = [1, 16]
/** The rate among many tenants against that of one: 1.5 times as long at most. */
const CROWD_BAR = 1 / 1.5

await inTemporaryDirectory(async (directory) => {
  const fileOf = (name) => join(directory, `${name}.sqlite`)
  await bench({
    engine: 'SQLite',
    ours: async (name) => openStudio(`sqlite:${fileOf(name)}`),
    theirs: async (name) => openVeramo({ type: 'sqlite', database: fileOf(name) }),
  })
  await benchMemory(directory)
})

await startPostgres()
try {
  await bench({
    engine: 'Postgres',
    ours: async (name) => openStudio(await newDatabase(name)),
    theirs: async (name) => openVeramo({ type: 'postgres', url: await newDatabase(name) }),
  })
} finally {
  await stopPostgres()
}

async function bench({ engine, ours, theirs }) {
  const [alone, veramo] = [await ours('alone'), await theirs('veramo')]
  for (let index = 0; index < CREDENTIALS; index += 1) {
    const verifiableCredential = credential(TENANT, index)
    await alone.save(verifiableCredential)
    await veramo.save(verifiableCredential)
  }
  await sideBySide(engine, { ours: alone, theirs: veramo })
  await veramo.close()
  // Elsewhere: what is saved would make the queries longer.
  const [saving, veramoSaving] = [await ours('saving'), await theirs('veramo_saving')]
  await writingSideBySide(engine, { ours: saving, theirs: veramoSaving })
  await saving.close()
  await veramoSaving.close()
  const crowd = await ours('crowd')
  await fillCrowd(crowd.database, { tenants: TENANTS, each: CREDENTIALS })
  await inTheCrowd(engine, { crowd, alone })
  await alone.close()
  await crowd.close()
}

async function sideBySide(engine, sides) {
  const row = (name, work) => compare(`${name}, one tenant, ${engine}`, { ...sides, work })
  const { hash } = (await sides.ours.find({ take: 1 }))[0]
  await row('get a credential', ({ get }) => get(hash))
  await row(`list ${CREDENTIALS} credentials`, ({ find }) => find({}))
  await row('query credentials by issuer and date', ({ find }) => find(query()))
  await row('count credentials', ({ count }) => count(query()))
  await row('get a DID', ({ getDid }) => getDid())
}

async function writingSideBySide(engine, sides) {
  await compare(`save a credential, one tenant, ${engine}`, {
    ...sides,
    work: ({ save }) => save(credential(randomUUID(), 0)),
  })
  for (const callers of CALLERS) {
    await compare(`did:key create, one tenant, ${callers} at once, ${engine}`, {
      ...{ ...sides, callers, bar: DID_BAR },
      work: ({ createDid }) => createDid(),
    })
  }
}

function compare(name, { ours, theirs, work, callers = 1, bar = BAR }) {
  const rate = (side) => () =>
    perSecond(async () => {
      await Promise.all(Array.from({ length: callers }, () => work(side)))
      return callers
    })
  return measure({ name, unit: 'calls/s', better: 'higher', bar, ours: rate(ours), baseline: rate(theirs) })
}

async function inTheCrowd(engine, { crowd, alone }) {
  const rate = (side, args) => () => perSecond(async () => (await side.find(args), 1))
  for (const [name, args] of [
    ['query credentials by issuer and date', query()],
    ['list credentials', { take: CREDENTIALS }],
  ]) {
    await measure({
      ...{ name: `${name}, one of ${TENANTS} tenants, ${engine}`, unit: 'calls/s', better: 'higher', bar: CROWD_BAR },
      ...{ ours: rate(crowd, args), baseline: rate(alone, args) },
    })
  }
}

async function newDatabase(name) {
  const server = new pg.Client({ connectionString: process.env.TEST_POSTGRES_URL })
  await server.connect()
  await server.query(`CREATE DATABASE ${name}`)
  await server.end()
  return Object.assign(new URL(process.env.TEST_POSTGRES_URL), { pathname: name }).href
}
