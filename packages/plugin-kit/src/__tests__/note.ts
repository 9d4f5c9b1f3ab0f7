import { Column, Entity, PrimaryColumn, Table, type MigrationInterface, type QueryRunner } from 'typeorm'

/** A table for the tests of the writer. Its owner is no tenant that the database goes by. */
@Entity('note')
export class Note {
  @PrimaryColumn({ type: 'varchar' })
  owner!: string

  @PrimaryColumn({ type: 'integer' })
  id!: number

  @Column({ type: 'varchar' })
  text!: string
}

export class CreateNote implements MigrationInterface {
  readonly name = 'CreateNote1700000000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'note',
        columns: [
          { name: 'owner', type: 'varchar', isPrimary: true },
          { name: 'id', type: 'integer', isPrimary: true },
          { name: 'text', type: 'varchar' },
        ],
      }),
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('note')
  }
}
