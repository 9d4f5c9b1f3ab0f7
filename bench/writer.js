/**
 * What the writer of plugin-kit costs and brings: 64 callers that insert a row each and wait for it to be durable (ours),
 * against a bare better-sqlite3 that runs the same statements in the same batches in a loop, without callers, TypeORM or
 * promises; and against TypeORM with a durable transaction for each row, one after another, as it needs them.
 */
import { join } from 'node:path'
import { openDatabase, runInTenant } from '@veramo-studio/plugin-kit'
import BetterSqlite3 from 'better-sqlite3'
import { DataSource, EntitySchema } from 'typeorm'
import { inTemporaryDirectory, measure, perSecond } from './harness.js'

const CALLERS = 64
const TENANTS = 8
/** Of the writer: callers that may share one commit. */
const BATCH = 48
const CREATE = 'CREATE TABLE row ("tenantId" TEXT, id TEXT, text TEXT, PRIMARY KEY ("tenantId", id))'
const INSERT = 'INSERT INTO row ("tenantId", id, text) VALUES (?, ?, ?)'
const TEXT = 'a text of some forty characters, or so..'

const RowEntity = new EntitySchema({
  name: 'row',
  columns: {
    tenantId: { type: 'varchar', primary: true },
    id: { type: 'varchar', primary: true },
    text: { type: 'varchar' },
  },
})

class CreateRow {
  name = 'CreateRow1700000000000'
  async up(runner) {
    await runner.query(CREATE)
  }
  async down() {}
}

function bareLoop(file) {
  const database = new BetterSqlite3(file)
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL']) database.pragma(pragma)
  database.exec(CREATE)
  const statements = ['BEGIN IMMEDIATE', 'SAVEPOINT work', INSERT, 'RELEASE SAVEPOINT work', 'COMMIT']
  const [begin, savepoint, insert, release, commit] = statements.map((statement) => database.prepare(statement))
  let nextId = 0
  const writeBatch = () => {
    begin.run()
    for (let index = 0; index < BATCH; index += 1) {
      savepoint.run()
      insert.run(`tenant${index % TENANTS}`, String((nextId += 1)), TEXT)
      release.run()
    }
    commit.run()
    return BATCH
  }
  return { write: writeBatch, close: () => database.close() }
}

async function commitEach(file) {
  const source = await new DataSource({ type: 'better-sqlite3', database: file, entities: [RowEntity] }).initialize()
  for (const statement of ['PRAGMA journal_mode = WAL', 'PRAGMA synchronous = FULL', CREATE]) {
    await source.query(statement)
  }
  let nextId = 0
  const write = async () => {
    await source.transaction((manager) => entity(manager, 'tenant', String((nextId += 1))))
    return 1
  }
  return { write, close: () => source.destroy() }
}

async function throughWriter(file, insert) {
  const database = await openDatabase({ url: `sqlite:${file}`, entities: [RowEntity], migrations: [CreateRow] })
  let nextId = 0
  const write = (tenantId) =>
    runInTenant(tenantId, () => database.write((manager) => insert(manager, tenantId, String((nextId += 1)))))
  /** Each caller writes one row after another, as calls of a service do, for as long as the measurement lasts. */
  const rowsPerSecond = async () => {
    const startedMs = performance.now()
    let rows = 0
    const caller = async (tenantId) => {
      while (performance.now() - startedMs < 1000) {
        await write(tenantId)
        rows += 1
      }
    }
    await Promise.all(Array.from({ length: CALLERS }, (_unused, index) => caller(`tenant${index % TENANTS}`)))
    return (rows * 1000) / (performance.now() - startedMs)
  }
  return { rowsPerSecond, close: () => database.close() }
}

const statement = (manager, tenantId, id) => manager.query(INSERT, [tenantId, id, TEXT])
const entity = (manager, tenantId, id) => manager.insert(RowEntity, { tenantId, id, text: TEXT })

await inTemporaryDirectory(async (directory) => {
  const compare = async ({ name, insert, bar, baseline }) => {
    const writer = await throughWriter(join(directory, `${name}, writer.sqlite`), insert)
    const other = await baseline(join(directory, `${name}, baseline.sqlite`))
    const rates = { ours: writer.rowsPerSecond, baseline: () => perSecond(other.write) }
    await measure({ name, unit: 'rows/s', better: 'higher', bar, ...rates })
    await writer.close()
    await other.close()
  }
  // The bars are floors against a slower writer, not goals: the rest of the ratio is what isolation costs.
  await compare({ name: 'a statement each, vs a bare loop', insert: statement, bar: 0.2, baseline: bareLoop })
  await compare({ name: 'an entity each, vs a bare loop', insert: entity, bar: 0.1, baseline: bareLoop })
  await compare({ name: 'an entity each, vs a commit each', insert: entity, bar: 2, baseline: commitEach })
})
