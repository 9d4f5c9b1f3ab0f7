import { TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm'

const AUDIT = 'studio_api_key_audit'
const REFUSAL = 'the audit log is append-only'
const BY_KEY = new TableIndex({ name: `${AUDIT}_by_key`, columnNames: ['tenantId', 'keyId', 'createdAt'] })
const INDICES = [
  new TableIndex({ name: `${AUDIT}_of_tenant`, columnNames: ['tenantId', 'createdAt', 'auditId'] }),
  new TableIndex({ name: `${AUDIT}_of_key`, columnNames: ['keyId', 'createdAt', 'auditId'] }),
  new TableIndex({ name: `${AUDIT}_created`, columnNames: ['createdAt', 'auditId'] }),
]

/** The log of changes can be read by customer, by key and by time, and neither changed nor deleted. */
export class KeepAudit implements MigrationInterface {
  readonly name = 'KeepAudit1763600000031'

  async up(runner: QueryRunner): Promise<void> {
    await runner.dropIndex(AUDIT, BY_KEY)
    await runner.createIndices(AUDIT, INDICES)
    await refuseChanges(runner)
  }

  async down(runner: QueryRunner): Promise<void> {
    if (isPostgres(runner)) {
      await runner.query(`DROP TRIGGER "${AUDIT}_no_change" ON "${AUDIT}"`)
      await runner.query(`DROP FUNCTION "${AUDIT}_refuse"`)
    } else {
      for (const change of ['update', 'delete']) await runner.query(`DROP TRIGGER "${AUDIT}_no_${change}"`)
    }
    await runner.dropIndices(AUDIT, INDICES)
    await runner.createIndex(AUDIT, BY_KEY)
  }
}

async function refuseChanges(runner: QueryRunner): Promise<void> {
  if (!isPostgres(runner)) {
    for (const change of ['UPDATE', 'DELETE']) {
      await runner.query(
        `CREATE TRIGGER "${AUDIT}_no_${change.toLowerCase()}" BEFORE ${change} ON "${AUDIT}" ` +
          `BEGIN SELECT RAISE(ABORT, '${REFUSAL}'); END`,
      )
    }
    return
  }
  await runner.query(
    `CREATE FUNCTION "${AUDIT}_refuse"() RETURNS trigger LANGUAGE plpgsql AS ` +
      `$$ BEGIN RAISE EXCEPTION '${REFUSAL}'; END $$`,
  )
  await runner.query(
    `CREATE TRIGGER "${AUDIT}_no_change" BEFORE UPDATE OR DELETE OR TRUNCATE ON "${AUDIT}" ` +
      `FOR EACH STATEMENT EXECUTE FUNCTION "${AUDIT}_refuse"()`,
  )
}

function isPostgres(runner: QueryRunner): boolean {
  return runner.connection.options.type === 'postgres'
}
