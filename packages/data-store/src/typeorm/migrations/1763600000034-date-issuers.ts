import { TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm'

/**
 * Credentials of an issuer, or about a subject, are mostly asked for by their dates too, or newest first. Without the date
 * SQLite goes by the index of dates alone, through those of all issuers.
 */
export class DateIssuers implements MigrationInterface {
  readonly name = 'DateIssuers1763600000034'

  async up(runner: QueryRunner): Promise<void> {
    for (const { name, column } of INDICES) {
      await runner.dropIndex('studio_credential', name)
      await runner.createIndex('studio_credential', indexOf(name, [column, 'issuanceDate']))
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name, column } of INDICES) {
      await runner.dropIndex('studio_credential', name)
      await runner.createIndex('studio_credential', indexOf(name, [column]))
    }
  }
}

const INDICES = [
  { name: 'studio_credential_issuer', column: 'issuerDid' },
  { name: 'studio_credential_subject', column: 'subjectDid' },
]

function indexOf(name: string, columns: readonly string[]): TableIndex {
  return new TableIndex({ name, columnNames: ['tenantId', ...columns] })
}
