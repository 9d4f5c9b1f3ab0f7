import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe } from '@jest/globals'
import pg from 'pg'

import { isTested, type Engine } from './tested-databases.js'

export { startPostgresProxy, type PostgresProxy } from './postgres-proxy.js'
export { spawnChild } from './spawn-child.js'
export type { Engine } from './tested-databases.js'

/** Makes a new, empty database and returns its address, fit for `DATABASE_URL`. It is gone after the suite. */
export type FreshDatabase = () => Promise<string>

/** Runs one suite on SQLite and on Postgres, or on those that `TEST_DATABASES` names. */
export function describeOnEachDatabase(name: string, suite: (fresh: FreshDatabase, engine: Engine) => void): void {
  if (isTested('sqlite')) describeOnSqlite(name, suite)
  if (isTested('postgres')) describeOnPostgres(name, suite)
}

const INSUFFICIENT_PRIVILEGE = '42501'
const DROP_ATTEMPTS = 100

function describeOnSqlite(name: string, suite: (fresh: FreshDatabase, engine: Engine) => void): void {
  describe(`${name}, on SQLite`, () => {
    const directory = mkdtempSync(join(tmpdir(), 'veramo-studio-test-'))
    suite(sqliteDatabases(directory), 'sqlite')
    // Hooks run in the order in which they are set: the suite takes leave of its databases first.
    afterAll(() => rmSync(directory, { recursive: true, force: true }))
  })
}

function describeOnPostgres(name: string, suite: (fresh: FreshDatabase, engine: Engine) => void): void {
  describe(`${name}, on Postgres`, () => {
    const made: string[] = []
    suite(postgresDatabases(made), 'postgres')
    afterAll(async () => {
      for (const database of made) await dropDatabase(database)
    })
  })
}

/** A directory that is gone after the suite. Call it where `describe` is called. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'veramo-studio-test-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

function sqliteDatabases(directory: string): FreshDatabase {
  let count = 0
  return async () => `sqlite:${join(directory, `${(count += 1)}.sqlite`)}`
}

function postgresDatabases(made: string[]): FreshDatabase {
  return async () => {
    const name = `test_${process.pid}_${Date.now().toString(36)}_${made.length}`
    await onServer(`CREATE DATABASE ${name}`)
    made.push(name)
    const url = new URL(serverUrl())
    url.pathname = name
    return url.href
  }
}

/** The server may be cleaning a database up by itself, in a process that a plain role cannot end: for a moment. */
async function dropDatabase(name: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    } catch (error) {
      const isBusy = error instanceof pg.DatabaseError && error.code === INSUFFICIENT_PRIVILEGE
      if (!isBusy || attempt === DROP_ATTEMPTS) throw error
    }
    await sleep(100)
  }
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl() })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

function serverUrl(): string {
  const url = process.env['TEST_POSTGRES_URL']
  if (url === undefined) throw new Error('TEST_POSTGRES_URL is not set: run the tests with npm test')
  return url
}
