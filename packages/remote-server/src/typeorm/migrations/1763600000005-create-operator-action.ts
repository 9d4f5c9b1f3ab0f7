import { Table, type MigrationInterface, type QueryRunner } from 'typeorm'

export class CreateOperatorAction implements MigrationInterface {
  readonly name = 'CreateOperatorAction1763600000005'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'studio_operator_action',
        columns: [
          { name: 'tenantId', type: 'varchar', isPrimary: true },
          { name: 'actionId', type: 'varchar', isPrimary: true },
          { name: 'operatorKeyId', type: 'varchar' },
          { name: 'operation', type: 'varchar' },
          { name: 'createdAt', type: 'varchar' },
        ],
      }),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('studio_operator_action')
  }
}
