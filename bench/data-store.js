/**
 * The data store beside Veramo's own, each on a SQLite file of its own. One tenant: saving, getting, listing and querying
 * credentials. And the same query of one tenant among many, which is measured against our own single-tenant figure.
 *
 * `BENCH_TENANTS` (default 10,000) and `BENCH_CREDENTIALS` (default 100, of each tenant) set the size of the crowd. Veramo's
 * store runs on `sqlite3`, as its own agent.yml has it.
 */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import * as veramo from '@veramo/data-store'
import * as studio from '@veramo-studio/data-store'
import { openDatabase, runInTenant } from '@veramo-studio/plugin-kit'
import { DataSource } from 'typeorm'
import { inTemporaryDirectory, measure, perSecond } from './harness.js'

const TENANTS = Number(process.env.BENCH_TENANTS ?? 10_000)
const CREDENTIALS = Number(process.env.BENCH_CREDENTIALS ?? 100)
const TENANT = 'tenant-1'
const BAR = 1
/** The rate among many tenants against that of one: 1.5 times as long at most. */
const CROWD_BAR = 1 / 1.5
const ISSUERS = 5

await inTemporaryDirectory(bench)

async function bench(directory) {
  const alone = await openStudio(join(directory, 'alone.sqlite'))
  const theirs = await openVeramo(join(directory, 'veramo.sqlite'))
  for (let index = 0; index < CREDENTIALS; index += 1) {
    const verifiableCredential = credential(TENANT, index)
    await alone.save(verifiableCredential)
    await theirs.save(verifiableCredential)
  }
  await sideBySide(alone, theirs)
  await theirs.close()
  await savingSideBySide(directory)
  const crowd = await openStudio(join(directory, 'crowd.sqlite'))
  await fillCrowd(crowd)
  await inTheCrowd(crowd, alone)
  await alone.close()
  await crowd.close()
}

async function sideBySide(ours, theirs) {
  const row = (name, work) => compare(name, { ours, theirs }, work)
  const { hash } = (await ours.find({ take: 1 }))[0]
  await row('get a credential', ({ get }) => get(hash))
  await row(`list ${CREDENTIALS} credentials`, ({ find }) => find({}))
  await row('query credentials by issuer and date', ({ find }) => find(query()))
  await row('count credentials', ({ count }) => count(query()))
  await row('get a DID', ({ getDid }) => getDid())
}

/** On files of their own: what is saved would make the queries longer. */
async function savingSideBySide(directory) {
  const ours = await openStudio(join(directory, 'saving.sqlite'))
  const theirs = await openVeramo(join(directory, 'veramo-saving.sqlite'))
  await compare('save a credential', { ours, theirs }, ({ save }) => save(credential(randomUUID(), 0)))
  await ours.close()
  await theirs.close()
}

function compare(name, { ours, theirs }, work) {
  const rate = (side) => () => perSecond(async () => (await work(side), 1))
  return measure({
    ...{ name: `${name}, one tenant`, unit: 'calls/s', better: 'higher', bar: BAR },
    ...{ ours: rate(ours), baseline: rate(theirs) },
  })
}

async function inTheCrowd(crowd, alone) {
  const rate = (side, args) => () => perSecond(async () => (await side.find(args), 1))
  for (const [name, args] of [
    ['query credentials by issuer and date', query()],
    ['list credentials', { take: CREDENTIALS }],
  ]) {
    await measure({
      ...{ name: `${name}, one of ${TENANTS} tenants`, unit: 'calls/s', better: 'higher', bar: CROWD_BAR },
      ...{ ours: rate(crowd, args), baseline: rate(alone, args) },
    })
  }
}

/** Many tenants' credentials, interleaved as they come in, written as the store writes them. */
async function fillCrowd({ database }) {
  const rows = CREDENTIALS * TENANTS
  const columns = ['hash', 'issuerDid', 'subjectDid', 'id', 'issuanceDate', 'context', 'type', 'savedAt']
  for (let start = 0; start < rows; start += 1000) {
    await database.write(async (manager) => {
      for (let index = start; index < Math.min(start + 1000, rows); index += 1) {
        const [tenantId, position] = [`tenant-${index % TENANTS}`, Math.floor(index / TENANTS)]
        const each = credential(tenantId, position)
        const { id, issuer, issuanceDate, credentialSubject } = each
        const values = [`Qm${tenantId}-${position}`, issuer.id, credentialSubject.id, id, issuanceDate]
        await manager.query(
          `INSERT INTO "studio_credential" ("tenantId", "position", "raw", ${columns.map((name) => `"${name}"`).join()})
          VALUES (?, ?, ?, ${columns.map(() => '?').join()})`,
          [
            tenantId,
            position + 1,
            JSON.stringify(each),
            ...values,
            each['@context'].join(),
            each.type.join(),
            issuanceDate,
          ],
        )
      }
    })
  }
}

function query() {
  return {
    where: [
      { column: 'issuer', value: ['did:example:issuer-1'] },
      { column: 'issuanceDate', op: 'MoreThan', value: ['2024-01-10T00:00:00.000Z'] },
    ],
    order: [{ column: 'issuanceDate', direction: 'DESC' }],
    take: 10,
  }
}

function credential(tag, index) {
  const day = String((index % 28) + 1).padStart(2, '0')
  return {
    '@context': ['https://www.w3.org/2018/credentials/v1'],
    type: ['VerifiableCredential', 'Profile'],
    id: `urn:${tag}:${index}`,
    issuer: { id: `did:example:issuer-${index % ISSUERS}` },
    issuanceDate: `2024-01-${day}T00:00:00.000Z`,
    credentialSubject: { id: `did:example:subject-${index % 7}`, name: `Name ${index}`, level: index },
    proof: { type: 'JwtProof2020', jwt: `${'x'.repeat(400)}.${tag}.${index}` },
  }
}

async function openStudio(file) {
  const { Entities: entities, migrations } = studio
  const database = await openDatabase({ url: `sqlite:${file}`, entities, migrations })
  const inTenant = (work) => runInTenant(TENANT, work)
  const methods = methodsOf(new studio.DataStore(database), new studio.DataStoreORM(database), inTenant)
  return {
    ...methods,
    ...(await didsOf(new studio.DIDStore(database), inTenant)),
    database,
    close: () => database.close(),
  }
}

async function openVeramo(file) {
  const { Entities: entities, migrations } = veramo
  const source = new DataSource({ type: 'sqlite', database: file, entities, migrations, migrationsRun: true })
  await source.initialize()
  const plain = (work) => work()
  const methods = methodsOf(new veramo.DataStore(source), new veramo.DataStoreORM(source), plain)
  return { ...methods, ...(await didsOf(new veramo.DIDStore(source), plain)), close: () => source.destroy() }
}

function methodsOf({ methods: store }, { methods: orm }, run) {
  return {
    save: (verifiableCredential) => run(() => store.dataStoreSaveVerifiableCredential({ verifiableCredential })),
    get: (hash) => run(() => store.dataStoreGetVerifiableCredential({ hash })),
    find: (args) => run(() => orm.dataStoreORMGetVerifiableCredentials(args, {})),
    count: (args) => run(() => orm.dataStoreORMGetVerifiableCredentialsCount(args, {})),
  }
}

async function didsOf(store, run) {
  const services = [{ id: 'did:example:one#1', type: 'X', serviceEndpoint: 'https://example.com' }]
  await run(() =>
    store.importDID({ did: 'did:example:one', provider: 'did:example', alias: 'one', keys: [], services }),
  )
  return { getDid: () => run(() => store.getDID({ did: 'did:example:one' })) }
}
