import type { VeramoSource } from '@veramo-studio/data-store'
import { isStoreFault, kitErrors, parseDatabaseUrl } from '@veramo-studio/plugin-kit'
import { DataSource } from 'typeorm'

/** A database of `@veramo/data-store`, open for reading. */
export type OpenedVeramoSource = VeramoSource & { close(): Promise<void> }

/**
 * Opens a database of `@veramo/data-store` 7, which is only read: `sqlite:<file>`, a file, or `postgres://…`. Rejects with
 * `setting_invalid` for what is none.
 */
export async function openVeramoSource(from: string): Promise<OpenedVeramoSource> {
  const { engine, location } = parseDatabaseUrl(/^[a-z]+:/i.test(from) ? from : `sqlite:${from}`)
  const source =
    engine === 'sqlite'
      ? new DataSource({ type: 'better-sqlite3', database: location, readonly: true, fileMustExist: true })
      : new DataSource({
          ...{ type: 'postgres', url: location, installExtensions: false, poolSize: 1 },
          extra: { options: '-c default_transaction_read_only=on' },
        })
  try {
    await source.initialize()
    await source.query('SELECT COUNT(*) FROM "private-key"')
  } catch (cause) {
    if (source.isInitialized) await source.destroy()
    const reason = isStoreFault(cause)
      ? 'is no database of @veramo/data-store 7, or cannot be reached'
      : 'cannot be read'
    throw kitErrors.setting_invalid(`what --from names ${reason}`, { cause })
  }
  return {
    engine,
    query: (statement, parameters) => source.query(statement, parameters),
    close: () => source.destroy(),
  }
}
