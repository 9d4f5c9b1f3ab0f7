/**
 * Which SQLite library is faster at what this product does: better-sqlite3 (ours) or sqlite3 (Veramo's own choice), both
 * by themselves and through TypeORM. Durable commits: WAL, synchronous=FULL.
 */
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import sqlite3 from 'sqlite3'
import { DataSource, EntitySchema } from 'typeorm'
import { inTemporaryDirectory, measure, perSecond } from './harness.js'

const BATCH = 48
const ROWS = 10_000
const READERS = 32
const PRAGMAS = ['PRAGMA journal_mode = WAL', 'PRAGMA synchronous = FULL']
const CREATE = 'CREATE TABLE row (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, text TEXT NOT NULL)'
const INSERT = 'INSERT INTO row (owner, text) VALUES (?, ?)'
const SELECT = 'SELECT id, owner, text FROM row WHERE id = ?'
const VALUES = ['tenant', 'a text of some forty characters, or so..']

const RowEntity = new EntitySchema({
  name: 'row',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    owner: { type: 'varchar' },
    text: { type: 'varchar' },
  },
})

/**
 * @typedef {object} Candidate
 * @property {() => Promise<number>} commitOne
 * @property {() => Promise<number>} commitBatch
 * @property {() => Promise<number>} read
 * @property {() => Promise<void>} close
 */

/** @returns {Promise<Candidate>} */
async function betterSqlite3(file) {
  const database = new BetterSqlite3(file)
  for (const statement of [...PRAGMAS, CREATE]) database.exec(statement)
  const insert = database.prepare(INSERT)
  const select = database.prepare(SELECT)
  const inTransaction = (count) => {
    database.exec('BEGIN IMMEDIATE')
    for (let index = 0; index < count; index += 1) insert.run(...VALUES)
    database.exec('COMMIT')
    return count
  }
  inTransaction(ROWS)
  return {
    commitOne: async () => inTransaction(1),
    commitBatch: async () => inTransaction(BATCH),
    read: async () => {
      for (let reader = 0; reader < READERS; reader += 1) select.get(randomId())
      return READERS
    },
    close: async () => void database.close(),
  }
}

/** @returns {Promise<Candidate>} */
async function nodeSqlite3(file) {
  const database = new sqlite3.Database(file)
  const settled = (start) =>
    new Promise((resolve, reject) => start((error, row) => (error ? reject(error) : resolve(row))))
  const exec = (statement) => settled((done) => database.exec(statement, done))
  for (const statement of [...PRAGMAS, CREATE]) await exec(statement)
  const insert = database.prepare(INSERT)
  const select = database.prepare(SELECT)
  const inTransaction = async (count) => {
    await exec('BEGIN IMMEDIATE')
    // Not one by one: a statement's runs queue up in the library, which is its fastest way.
    await Promise.all(Array.from({ length: count }, () => settled((done) => insert.run(...VALUES, done))))
    await exec('COMMIT')
    return count
  }
  await inTransaction(ROWS)
  return {
    commitOne: () => inTransaction(1),
    commitBatch: () => inTransaction(BATCH),
    read: async () => {
      await Promise.all(Array.from({ length: READERS }, () => settled((done) => select.get(randomId(), done))))
      return READERS
    },
    close: async () => {
      await settled((done) => insert.finalize(done))
      await settled((done) => select.finalize(done))
      await settled((done) => database.close(done))
    },
  }
}

/** @returns {Promise<Candidate>} */
async function throughTypeorm(type, file) {
  const source = await new DataSource({ type, database: file, entities: [RowEntity] }).initialize()
  for (const statement of [...PRAGMAS, CREATE]) await source.query(statement)
  const [owner, text] = VALUES
  const inTransaction = async (count) => {
    await source.transaction(async (manager) => {
      for (let index = 0; index < count; index += 1) await manager.insert(RowEntity, { owner, text })
    })
    return count
  }
  await inTransaction(ROWS)
  const readOne = () => source.manager.findOneBy(RowEntity, { id: randomId() })
  return {
    commitOne: () => inTransaction(1),
    commitBatch: () => inTransaction(BATCH),
    read: async () => {
      await Promise.all(Array.from({ length: READERS }, readOne))
      return READERS
    },
    close: () => source.destroy(),
  }
}

function randomId() {
  return 1 + Math.floor(Math.random() * ROWS)
}

async function compare(prefix, ours, baseline) {
  const row = (name, unit, member) =>
    measure({
      name: `${prefix}: ${name}`,
      unit,
      better: 'higher',
      bar: 1,
      ours: () => perSecond(ours[member]),
      baseline: () => perSecond(baseline[member]),
    })
  await row('durable single commits', 'commits/s', 'commitOne')
  await row(`durable commits of ${BATCH} rows`, 'rows/s', 'commitBatch')
  await row('point reads', 'reads/s', 'read')
  await ours.close()
  await baseline.close()
}

await inTemporaryDirectory(async (directory) => {
  // A file each: two SQLite libraries in one process do not see each other's locks.
  const file = (name) => join(directory, `${name}.sqlite`)
  await compare('library alone', await betterSqlite3(file('better')), await nodeSqlite3(file('node')))
  await compare(
    'through TypeORM',
    await throughTypeorm('better-sqlite3', file('better-typeorm')),
    await throughTypeorm('sqlite', file('node-typeorm')),
  )
})
