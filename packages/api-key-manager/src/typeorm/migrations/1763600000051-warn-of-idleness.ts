import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm'

const KEYS = 'studio_api_key'
const WARNED = new TableColumn({ name: 'idleWarnedAt', type: 'varchar', isNullable: true })

/** When a key was last warned of that nobody uses. */
export class WarnOfIdleness implements MigrationInterface {
  readonly name = 'WarnOfIdleness1763600000051'

  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn(KEYS, WARNED)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn(KEYS, WARNED)
  }
}
