import { TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm'

const KEYS = 'studio_api_key'
const BY_EXPIRY = new TableIndex({ name: `${KEYS}_by_expiry`, columnNames: ['expiresAt'] })
const BY_REVOCATION = new TableIndex({ name: `${KEYS}_by_revocation`, columnNames: ['revokedAt'] })

/** Finds the keys that end soon, and those that have ended. */
export class IndexEnds implements MigrationInterface {
  readonly name = 'IndexEnds1763600000041'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createIndices(KEYS, [BY_EXPIRY, BY_REVOCATION])
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndices(KEYS, [BY_EXPIRY, BY_REVOCATION])
  }
}
