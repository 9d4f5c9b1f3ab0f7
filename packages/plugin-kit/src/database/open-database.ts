import type { EntitySchema, MigrationInterface } from 'typeorm'
import { Database } from './database.js'
import { parseDatabaseUrl } from './database-url.js'
import { postgresConnections } from './postgres.js'
import { sqliteConnections } from './sqlite.js'
import { toStoreFault } from './store-fault.js'
import { assertRoleIsHeld, assertTenantsIsolated } from './tenant-isolation.js'
import { Writer } from './writer.js'
import { WriterConnection } from './writer-connection.js'

// A class of any shape: what TypeORM itself accepts.
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
export type Entity = Function | EntitySchema
export type Migration = new () => MigrationInterface

/** A list, or a list of lists, as `agent.yml` makes them from several packages. */
export type Nested<T> = readonly (T | Nested<T>)[]

export interface OpenDatabaseOptions {
  /** `sqlite:<file>` or `postgres://…` */
  url: string
  /** The `Entities` of each package that is used. */
  entities: Nested<Entity>
  /** The `migrations` of each package that is used. */
  migrations: Nested<Migration>
  /** Applies missing migrations at once. Default true. */
  migrate?: boolean
  /** The tenant of a single-tenant agent. Default none: each call names its own. */
  defaultTenantId?: string
  /** Connections that read, on Postgres. Default 10. */
  readers?: number
  /** How long to wait for another process that writes, on SQLite. Default 10,000. */
  busyTimeoutMs?: number
}

/** What a connection needs to know of the tables, besides where they are. */
export interface DatabaseSchema {
  entities: Entity[]
  migrations: Migration[]
  migrationsTableName: string
  synchronize: false
  logging: false
}

const MIGRATIONS_TABLE = 'studio_migration'
const WRITER_OPTIONS = { maxBatch: 48, workTimeoutMs: 30_000 }
const DEFAULT_READERS = 10
const DEFAULT_BUSY_TIMEOUT_MS = 10_000

/**
 * Connects to a database and brings its tables up to date. Rejects with `setting_invalid` for an address that is none
 * and with `store_unavailable` where the database does not answer.
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const { engine, location } = parseDatabaseUrl(options.url)
  const schema: DatabaseSchema = {
    entities: flatten(options.entities),
    migrations: flatten(options.migrations),
    migrationsTableName: MIGRATIONS_TABLE,
    synchronize: false,
    logging: false,
  }
  const { dialect, ...connections } =
    engine === 'sqlite'
      ? sqliteConnections(location, schema, options.busyTimeoutMs ?? DEFAULT_BUSY_TIMEOUT_MS)
      : postgresConnections(location, schema, {
          readers: options.readers ?? DEFAULT_READERS,
          statementTimeoutMs: WRITER_OPTIONS.workTimeoutMs,
        })
  const writer = new Writer(new WriterConnection(connections.writing, dialect), WRITER_OPTIONS)
  const { defaultTenantId } = options
  const database = new Database({
    ...{ engine, ...connections, writer },
    ...(defaultTenantId && { defaultTenantId }),
  })
  try {
    await database.connect()
    if (engine === 'postgres') await assertRoleIsHeld(connections.reading)
    if (options.migrate ?? true) await database.migrate()
    if (engine === 'postgres') await assertTenantsIsolated(connections.reading)
    return database
  } catch (error) {
    await database.close()
    throw toStoreFault(error)
  }
}

function flatten<T>(nested: Nested<T>): T[] {
  return nested.flatMap((item) => (Array.isArray(item) ? flatten<T>(item as Nested<T>) : [item as T]))
}
