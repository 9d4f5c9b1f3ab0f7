import { TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm'

export class CloseBooks implements MigrationInterface {
  readonly name = 'CloseBooks1763600000012'

  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn(
      'studio_ledger_chain',
      new TableColumn({ name: 'closedAt', type: 'varchar', isNullable: true }),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('studio_ledger_chain', 'closedAt')
  }
}
