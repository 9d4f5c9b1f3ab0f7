import { Table, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm'
import { toNameKey } from '../../account-fields.js'

const ACTIVE = `"status" = 'active'`
const REFUSAL = 'the audit log is append-only'

/** Names become searchable, closed accounts release their e-mail address; the audit log, and what of charges was refunded. */
export class CompleteAccounts implements MigrationInterface {
  readonly name = 'CompleteAccounts1763600000022'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "studio_account" ADD COLUMN "nameKey" varchar NOT NULL DEFAULT ''`)
    await fillNameKeys(runner)
    await runner.dropIndex('studio_account', 'studio_account_email')
    await runner.createIndices('studio_account', [
      new TableIndex({ name: 'studio_account_email', columnNames: ['emailKey'], isUnique: true, where: ACTIVE }),
      new TableIndex({ name: 'studio_account_email_any', columnNames: ['emailKey'] }),
      new TableIndex({ name: 'studio_account_status', columnNames: ['status', 'createdAt', 'tenantId'] }),
    ])
    await runner.createTable(auditLog())
    await refuseChanges(runner)
    await runner.createTable(refundedCharges())
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('studio_refunded_charge')
    await runner.dropTable('studio_account_audit')
    if (isPostgres(runner)) await runner.query(`DROP FUNCTION "studio_account_audit_refuse"`)
    for (const index of ['studio_account_email', 'studio_account_email_any', 'studio_account_status']) {
      await runner.dropIndex('studio_account', index)
    }
    await runner.createIndex(
      'studio_account',
      new TableIndex({ name: 'studio_account_email', columnNames: ['emailKey'], isUnique: true }),
    )
    await runner.query(`ALTER TABLE "studio_account" DROP COLUMN "nameKey"`)
  }
}

/** Neither engine folds the case of all scripts as JavaScript does. */
async function fillNameKeys(runner: QueryRunner): Promise<void> {
  const sql = `SELECT "tenantId", "name" FROM "studio_account"`
  const accounts = (await runner.query(sql)) as { tenantId: string; name: string }[]
  const update = isPostgres(runner)
    ? `UPDATE "studio_account" SET "nameKey" = $1 WHERE "tenantId" = $2`
    : `UPDATE "studio_account" SET "nameKey" = ? WHERE "tenantId" = ?`
  for (const { tenantId, name } of accounts) await runner.query(update, [toNameKey(name), tenantId])
}

async function refuseChanges(runner: QueryRunner): Promise<void> {
  if (!isPostgres(runner)) {
    for (const change of ['UPDATE', 'DELETE']) {
      await runner.query(
        `CREATE TRIGGER "studio_account_audit_no_${change.toLowerCase()}" BEFORE ${change} ON "studio_account_audit" ` +
          `BEGIN SELECT RAISE(ABORT, '${REFUSAL}'); END`,
      )
    }
    return
  }
  await runner.query(
    `CREATE FUNCTION "studio_account_audit_refuse"() RETURNS trigger LANGUAGE plpgsql AS ` +
      `$$ BEGIN RAISE EXCEPTION '${REFUSAL}'; END $$`,
  )
  await runner.query(
    `CREATE TRIGGER "studio_account_audit_no_change" BEFORE UPDATE OR DELETE OR TRUNCATE ON "studio_account_audit" ` +
      `FOR EACH STATEMENT EXECUTE FUNCTION "studio_account_audit_refuse"()`,
  )
}

function isPostgres(runner: QueryRunner): boolean {
  return runner.connection.options.type === 'postgres'
}

function auditLog(): Table {
  return new Table({
    name: 'studio_account_audit',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'entryId', type: 'varchar', isPrimary: true },
      { name: 'action', type: 'varchar' },
      { name: 'actorRole', type: 'varchar' },
      { name: 'actorKeyId', type: 'varchar', isNullable: true },
      { name: 'before', type: 'text', isNullable: true },
      { name: 'after', type: 'text' },
      { name: 'reason', type: 'varchar', isNullable: true },
      { name: 'createdAt', type: 'varchar' },
    ],
    indices: [
      { name: 'studio_account_audit_of_tenant', columnNames: ['tenantId', 'createdAt', 'entryId'] },
      { name: 'studio_account_audit_created', columnNames: ['createdAt', 'entryId'] },
    ],
  })
}

function refundedCharges(): Table {
  return new Table({
    name: 'studio_refunded_charge',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'transactionId', type: 'varchar', isPrimary: true },
      { name: 'refunded', type: 'bigint' },
    ],
  })
}
