import { TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm'

/** Finds who manages a DID, of all tenants: messages arrive under DIDs. */
export class FindRecipients implements MigrationInterface {
  readonly name = 'FindRecipients1763600000024'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createIndex('studio_did', MANAGED_DIDS)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('studio_did', MANAGED_DIDS)
  }
}

const MANAGED_DIDS = new TableIndex({
  name: 'studio_did_managed',
  columnNames: ['did', 'tenantId'],
  where: '"provider" IS NOT NULL',
})
