import { Table, type MigrationInterface, type QueryRunner } from 'typeorm'

export class CreateKeyCustody1763600000003 implements MigrationInterface {
  readonly name = 'CreateKeyCustody1763600000003'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(new Table(table))
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name } of TABLES.toReversed()) await runner.dropTable(name)
  }
}

const TABLES = [
  {
    name: 'studio_kek_check',
    columns: [
      { name: 'id', type: 'varchar', isPrimary: true },
      { name: 'kekId', type: 'varchar' },
      { name: 'wrapped', type: 'text' },
      { name: 'createdAt', type: 'varchar' },
    ],
  },
  {
    name: 'studio_service_key',
    columns: [
      { name: 'name', type: 'varchar', isPrimary: true },
      { name: 'kekId', type: 'varchar' },
      { name: 'wrapped', type: 'text' },
      { name: 'createdAt', type: 'varchar' },
    ],
  },
  {
    name: 'studio_data_key',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'version', type: 'integer', isPrimary: true },
      { name: 'kekId', type: 'varchar' },
      { name: 'wrapped', type: 'text' },
      { name: 'createdAt', type: 'varchar' },
    ],
  },
  {
    name: 'studio_sealed_key',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'purpose', type: 'varchar', isPrimary: true },
      { name: 'kid', type: 'varchar', isPrimary: true },
      { name: 'keyType', type: 'varchar' },
      { name: 'dekVersion', type: 'integer' },
      { name: 'sealed', type: 'text' },
      { name: 'createdAt', type: 'varchar' },
    ],
  },
]
