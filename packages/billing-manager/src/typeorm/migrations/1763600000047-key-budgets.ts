import { Table, type MigrationInterface, type QueryRunner } from 'typeorm'

/** What a key may use, and which budget a call has drawn from. */
export class KeyBudgets implements MigrationInterface {
  readonly name = 'KeyBudgets1763600000047'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(keyBudgets())
    // Not by TypeORM, which would copy the whole table on SQLite.
    for (const name of ['budgetKeyId', 'budgetEpoch']) {
      await runner.query(`ALTER TABLE "studio_reservation" ADD COLUMN "${name}" varchar`)
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of ['budgetEpoch', 'budgetKeyId']) {
      await runner.query(`ALTER TABLE "studio_reservation" DROP COLUMN "${name}"`)
    }
    await runner.dropTable(keyBudgets())
  }
}

function keyBudgets(): Table {
  return new Table({
    name: 'studio_key_budget',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'keyId', type: 'varchar', isPrimary: true },
      { name: 'meter', type: 'varchar', isPrimary: true },
      { name: 'units', type: 'bigint' },
      { name: 'remaining', type: 'bigint' },
      { name: 'refillInterval', type: 'varchar', isNullable: true },
      { name: 'refillUnits', type: 'bigint', isNullable: true },
      { name: 'filledAt', type: 'varchar' },
      { name: 'epoch', type: 'varchar' },
      { name: 'updatedAt', type: 'varchar' },
    ],
  })
}
