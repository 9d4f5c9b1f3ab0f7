import { TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm'

const KEYS = 'studio_api_key'
const BY_HASH = { name: `${KEYS}_by_hash`, columnNames: ['hash'] }

/** Keys whose tokens were made elsewhere; one hash is one key, whosever it is. */
export class ImportKeys implements MigrationInterface {
  readonly name = 'ImportKeys1763600000061'

  async up(runner: QueryRunner): Promise<void> {
    // Not by TypeORM, which would copy the whole table on SQLite.
    await runner.query(`ALTER TABLE "${KEYS}" ADD COLUMN "tokenPrefix" varchar`)
    await runner.dropIndex(KEYS, new TableIndex(BY_HASH))
    await runner.createIndex(KEYS, new TableIndex({ ...BY_HASH, isUnique: true }))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex(KEYS, new TableIndex(BY_HASH))
    await runner.createIndex(KEYS, new TableIndex(BY_HASH))
    await runner.query(`ALTER TABLE "${KEYS}" DROP COLUMN "tokenPrefix"`)
  }
}
