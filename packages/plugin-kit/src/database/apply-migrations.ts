import { MigrationExecutor, type DataSource } from 'typeorm'
import { isPostgres } from './sql.js'
import { isolateTenants } from './tenant-isolation.js'
import type { Writer } from './writer.js'

/** Any constant will do, as long as every process of this product takes the same one. */
const MIGRATION_LOCK_ID = 20_241_119

/** Runs inside one write, which keeps other processes out and makes a failed migration leave nothing behind. */
export async function applyMigrations(dataSource: DataSource, writer: Writer): Promise<string[]> {
  if (dataSource.migrations.length === 0) return []
  return writer.write(
    async (manager) => {
      if (isPostgres(manager)) await manager.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK_ID])
      const executor = new MigrationExecutor(dataSource, manager.queryRunner)
      executor.transaction = 'none'
      const applied = await executor.executePendingMigrations()
      if (isPostgres(manager)) await isolateTenants(manager)
      return applied.map((migration) => migration.name)
    },
    { alone: true, scope: { kind: 'operator' } },
  )
}
