import type { DataSource } from 'typeorm'
import { parseDatabaseUrl } from '../database/database-url.js'
import type { DatabaseSchema } from '../database/open-database.js'
import { postgresConnections } from '../database/postgres.js'
import { sqliteConnections } from '../database/sqlite.js'
import { Writer, type WriterOptions } from '../database/writer.js'
import { WriterConnection } from '../database/writer-connection.js'
import { Note } from './note.js'

export interface OpenWriter {
  writer: Writer
  connection: WriterConnection
  /** Whose only connection is the writer's. */
  dataSource: DataSource
  close(): Promise<void>
}

/** A writer with limits of the test's own, on a database that has its tables already. */
export async function openWriter(url: string, options: WriterOptions): Promise<OpenWriter> {
  const schema: DatabaseSchema = {
    entities: [Note],
    migrations: [],
    migrationsTableName: 'studio_migration',
    synchronize: false,
    logging: false,
  }
  const { engine, location } = parseDatabaseUrl(url)
  const { writing, dialect } =
    engine === 'sqlite'
      ? sqliteConnections(location, schema, 10_000)
      : postgresConnections(location, schema, { readers: 1, statementTimeoutMs: options.workTimeoutMs })
  await writing.initialize()
  const connection = new WriterConnection(writing, dialect)
  const writer = new Writer(connection, options)
  const close = async () => {
    await writer.close()
    await writing.destroy()
  }
  return { writer, connection, dataSource: writing, close }
}
