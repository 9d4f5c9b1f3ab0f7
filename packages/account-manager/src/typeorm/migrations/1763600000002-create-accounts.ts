import { Table, type MigrationInterface, type QueryRunner } from 'typeorm'

export class CreateAccounts1763600000002 implements MigrationInterface {
  readonly name = 'CreateAccounts1763600000002'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'studio_account',
        columns: [
          { name: 'tenantId', type: 'varchar', isPrimary: true },
          { name: 'name', type: 'varchar' },
          { name: 'email', type: 'varchar', isNullable: true },
          { name: 'emailKey', type: 'varchar', isNullable: true },
          { name: 'plan', type: 'varchar' },
          { name: 'status', type: 'varchar' },
          { name: 'createdAt', type: 'varchar' },
        ],
        indices: [
          { name: 'studio_account_email', columnNames: ['emailKey'], isUnique: true },
          { name: 'studio_account_created', columnNames: ['createdAt', 'tenantId'] },
        ],
      }),
    )
    await runner.createTable(
      new Table({
        name: 'studio_payment_address',
        columns: [
          { name: 'tenantId', type: 'varchar', isPrimary: true },
          { name: 'network', type: 'varchar', isPrimary: true },
          { name: 'address', type: 'varchar' },
          { name: 'publicKeyHex', type: 'varchar' },
          { name: 'createdAt', type: 'varchar' },
        ],
        indices: [{ name: 'studio_payment_address_address', columnNames: ['address'], isUnique: true }],
      }),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('studio_payment_address')
    await runner.dropTable('studio_account')
  }
}
