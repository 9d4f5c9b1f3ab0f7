import type { MigrationInterface, QueryRunner } from 'typeorm'

const KEYS = 'studio_api_key'
/** The first key of each rotation, as far back as it is still kept. */
const FIRST_KEYS =
  `WITH RECURSIVE chain ("tenantId", "keyId", "first") AS (` +
  `SELECT k."tenantId", k."keyId", CASE WHEN k."rotatedFrom" IS NULL THEN k."keyId" ` +
  `ELSE COALESCE(k."rootKeyId", k."keyId") END FROM "${KEYS}" k WHERE NOT EXISTS (SELECT 1 FROM "${KEYS}" p ` +
  `WHERE p."tenantId" = k."tenantId" AND p."keyId" = k."rotatedFrom") ` +
  `UNION ALL SELECT k."tenantId", k."keyId", c."first" FROM "${KEYS}" k ` +
  `JOIN chain c ON k."tenantId" = c."tenantId" AND k."rotatedFrom" = c."keyId")`
const MARK =
  `${FIRST_KEYS} UPDATE "${KEYS}" SET "budgetKeyId" = (SELECT c."first" FROM chain c ` +
  `WHERE c."tenantId" = "${KEYS}"."tenantId" AND c."keyId" = "${KEYS}"."keyId") WHERE "rotatedFrom" IS NOT NULL`

/** Whose budget a key draws on, kept with the key: its predecessors and its maker may be gone. */
export class ShareBudgets implements MigrationInterface {
  readonly name = 'ShareBudgets1763600000071'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "${KEYS}" ADD COLUMN "budgetKeyId" varchar`)
    await runner.query(MARK)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "${KEYS}" DROP COLUMN "budgetKeyId"`)
  }
}
