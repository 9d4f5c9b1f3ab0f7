import { Table, TableColumn, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm'

const KEYS = 'studio_api_key'
const COLUMNS = [
  new TableColumn({ name: 'rootKeyId', type: 'varchar', isNullable: true }),
  new TableColumn({ name: 'replacedBy', type: 'varchar', isNullable: true }),
  new TableColumn({ name: 'expiryWarnedAt', type: 'varchar', isNullable: true }),
  new TableColumn({ name: 'epoch', type: 'bigint', default: '0' }),
]
const BY_EPOCH = new TableIndex({ name: 'studio_api_key_by_epoch', columnNames: ['epoch'] })

const tenantId = { name: 'tenantId', type: 'varchar', isPrimary: true }

const EPOCH = new Table({
  name: 'studio_api_key_epoch',
  columns: [
    { name: 'id', type: 'integer', isPrimary: true },
    { name: 'epoch', type: 'bigint' },
  ],
})
const BUDGET = new Table({
  name: 'studio_api_key_budget',
  columns: [tenantId, { name: 'budgetId', type: 'varchar', isPrimary: true }, { name: 'levels', type: 'text' }],
})
const USAGE = new Table({
  name: 'studio_api_key_usage',
  columns: [
    tenantId,
    { name: 'keyId', type: 'varchar', isPrimary: true },
    { name: 'start', type: 'varchar', isPrimary: true },
    { name: 'method', type: 'varchar', isPrimary: true },
    { name: 'outcome', type: 'varchar', isPrimary: true },
    { name: 'count', type: 'bigint' },
    { name: 'lastUsedAt', type: 'varchar', isNullable: true },
  ],
  indices: [{ name: 'studio_api_key_usage_by_start', columnNames: ['start'] }],
})
const AUDIT = new Table({
  name: 'studio_api_key_audit',
  columns: [
    tenantId,
    { name: 'auditId', type: 'varchar', isPrimary: true },
    { name: 'keyId', type: 'varchar' },
    { name: 'action', type: 'varchar' },
    { name: 'actorKeyId', type: 'varchar', isNullable: true },
    { name: 'actorRole', type: 'varchar' },
    { name: 'before', type: 'text', isNullable: true },
    { name: 'after', type: 'text' },
    { name: 'createdAt', type: 'varchar' },
  ],
  indices: [{ name: 'studio_api_key_audit_by_key', columnNames: ['tenantId', 'keyId', 'createdAt'] }],
})
const TABLES = [EPOCH, BUDGET, USAGE, AUDIT]

/** Rotation, rate limits, usage, the audit of changes, and how other processes hear of them. */
export class CompleteApiKey implements MigrationInterface {
  readonly name = 'CompleteApiKey1763600000011'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table)
    await runner.query(`INSERT INTO "studio_api_key_epoch" ("id", "epoch") VALUES (1, 1)`)
    await runner.addColumns(KEYS, COLUMNS)
    await runner.createIndex(KEYS, BY_EPOCH)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex(KEYS, BY_EPOCH)
    await runner.dropColumns(KEYS, COLUMNS)
    for (const table of TABLES) await runner.dropTable(table)
  }
}
