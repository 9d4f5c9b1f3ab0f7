import { Table, type MigrationInterface, type QueryRunner } from 'typeorm'

export class CreateApiKey implements MigrationInterface {
  readonly name = 'CreateApiKey1763600000001'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'studio_api_key',
        columns: [
          { name: 'tenantId', type: 'varchar', isPrimary: true },
          { name: 'keyId', type: 'varchar', isPrimary: true },
          { name: 'name', type: 'varchar' },
          { name: 'description', type: 'varchar', isNullable: true },
          { name: 'environment', type: 'varchar' },
          { name: 'network', type: 'varchar', isNullable: true },
          { name: 'hash', type: 'varchar' },
          { name: 'pepperVersion', type: 'integer' },
          { name: 'enabled', type: 'boolean' },
          { name: 'permissions', type: 'text' },
          { name: 'rateLimits', type: 'text', default: "'[]'" },
          { name: 'allowedIps', type: 'text', default: "'[]'" },
          { name: 'createdAt', type: 'varchar' },
          { name: 'expiresAt', type: 'varchar' },
          { name: 'lastUsedAt', type: 'varchar', isNullable: true },
          { name: 'rotatedFrom', type: 'varchar', isNullable: true },
          { name: 'revokedAt', type: 'varchar', isNullable: true },
          { name: 'revokedReason', type: 'varchar', isNullable: true },
        ],
        indices: [
          { name: 'studio_api_key_by_key_id', columnNames: ['keyId'], isUnique: true },
          { name: 'studio_api_key_by_age', columnNames: ['tenantId', 'createdAt', 'keyId'] },
        ],
      }),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('studio_api_key')
  }
}
