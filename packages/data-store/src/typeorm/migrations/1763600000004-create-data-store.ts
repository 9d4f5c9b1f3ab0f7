import { Table, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm'

/** Nothing refers to another row by a foreign key: what a tenant may store never depends on what another one has. */
export class CreateDataStore implements MigrationInterface {
  readonly name = 'CreateDataStore1763600000004'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.dropTable(table)
  }
}

const key = (name: string): TableColumnOptions => ({ name, type: 'varchar', isPrimary: true })
const text = (name: string): TableColumnOptions => ({ name, type: 'varchar' })
const longText = (name: string): TableColumnOptions => ({ name, type: 'text' })
const integer = (name: string): TableColumnOptions => ({ name, type: 'integer' })
const optional = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isNullable: true })

const TABLES = [
  new Table({
    name: 'studio_did',
    columns: [
      key('tenantId'),
      key('did'),
      integer('position'),
      optional(text('provider')),
      optional(text('alias')),
      optional(text('controllerKeyId')),
      text('createdAt'),
      text('updatedAt'),
      optional(text('callId')),
    ],
    indices: [
      { name: 'studio_did_alias', columnNames: ['tenantId', 'alias', 'provider'], isUnique: true },
      { name: 'studio_did_position', columnNames: ['tenantId', 'position'] },
      { name: 'studio_did_call', columnNames: ['tenantId', 'callId'], where: '"callId" IS NOT NULL' },
    ],
  }),
  new Table({
    name: 'studio_key',
    columns: [
      key('tenantId'),
      key('kid'),
      integer('position'),
      text('type'),
      text('kms'),
      text('publicKeyHex'),
      optional(longText('meta')),
      optional(text('did')),
      optional(text('callId')),
    ],
    indices: [
      { name: 'studio_key_did', columnNames: ['tenantId', 'did'] },
      { name: 'studio_key_position', columnNames: ['tenantId', 'position'] },
      { name: 'studio_key_call', columnNames: ['tenantId', 'callId'], where: '"callId" IS NOT NULL' },
    ],
  }),
  new Table({
    name: 'studio_service',
    columns: [
      key('tenantId'),
      key('did'),
      key('id'),
      integer('position'),
      text('type'),
      longText('serviceEndpoint'),
      optional(text('description')),
    ],
  }),
  new Table({
    name: 'studio_credential',
    columns: [
      key('tenantId'),
      key('hash'),
      integer('position'),
      longText('raw'),
      optional(text('id')),
      text('issuerDid'),
      optional(text('subjectDid')),
      text('issuanceDate'),
      optional(text('expirationDate')),
      longText('context'),
      longText('type'),
      text('savedAt'),
      optional(text('callId')),
    ],
    indices: [
      { name: 'studio_credential_position', columnNames: ['tenantId', 'position'] },
      { name: 'studio_credential_call', columnNames: ['tenantId', 'callId'], where: '"callId" IS NOT NULL' },
      { name: 'studio_credential_id', columnNames: ['tenantId', 'id'] },
      { name: 'studio_credential_issuer', columnNames: ['tenantId', 'issuerDid'] },
      { name: 'studio_credential_subject', columnNames: ['tenantId', 'subjectDid'] },
      { name: 'studio_credential_issued', columnNames: ['tenantId', 'issuanceDate'] },
    ],
  }),
]
