import type { MigrationInterface, QueryRunner } from 'typeorm'

const COLUMNS: readonly [string, string, string][] = [
  ['studio_subscription', 'nextPlanId', 'varchar'],
  ['studio_subscription', 'nextPlanAt', 'varchar'],
  ['studio_allowance', 'rolledOver', 'bigint NOT NULL DEFAULT 0'],
  ['studio_reservation', 'planUnits', 'integer'],
  ['studio_reservation', 'settledUnits', 'integer'],
]

/** Plain statements: TypeORM would copy whole tables on SQLite. */
export class AddPlanTerms implements MigrationInterface {
  readonly name = 'AddPlanTerms1763600000017'

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, name, type] of COLUMNS) await runner.query(`ALTER TABLE "${table}" ADD COLUMN "${name}" ${type}`)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, name] of COLUMNS) await runner.query(`ALTER TABLE "${table}" DROP COLUMN "${name}"`)
  }
}
