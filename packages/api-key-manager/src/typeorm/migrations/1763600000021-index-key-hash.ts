import { TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm'

const KEYS = 'studio_api_key'
const BY_HASH = new TableIndex({ name: 'studio_api_key_by_hash', columnNames: ['hash'] })

/** Finds the key of a token whose hash alone is reported. */
export class IndexKeyHash implements MigrationInterface {
  readonly name = 'IndexKeyHash1763600000021'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createIndex(KEYS, BY_HASH)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex(KEYS, BY_HASH)
  }
}
