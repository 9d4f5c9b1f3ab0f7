import { setTimeout as sleep } from 'node:timers/promises'
import { Table, TableColumn, type MigrationInterface, type QueryRunner } from 'typeorm'

/** Migrations on top of `CreateNote`. */

export class AddNoteAuthor implements MigrationInterface {
  readonly name = 'AddNoteAuthor1700000000001'

  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('note', new TableColumn({ name: 'author', type: 'varchar', default: "'nobody'" }))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('note', 'author')
  }
}

/** Takes long enough for others to come meanwhile. */
export class CreateSlowly implements MigrationInterface {
  readonly name = 'CreateSlowly1700000000002'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(new Table({ name: 'slow', columns: [{ name: 'id', type: 'integer', isPrimary: true }] }))
    await sleep(150)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('slow')
  }
}

/** Does half of its work. */
export class FailHalfWay implements MigrationInterface {
  readonly name = 'FailHalfWay1700000000003'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(new Table({ name: 'half', columns: [{ name: 'id', type: 'integer', isPrimary: true }] }))
    throw new Error('half way')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('half')
  }
}
