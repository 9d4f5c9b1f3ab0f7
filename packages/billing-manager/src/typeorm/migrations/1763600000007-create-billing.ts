import { Table, type MigrationInterface, type QueryRunner } from 'typeorm'

export class CreateBilling implements MigrationInterface {
  readonly name = 'CreateBilling1763600000007'

  async up(runner: QueryRunner): Promise<void> {
    const tables = [planVersions(), subscriptions(), allowances(), grants(), reservations(), idempotency(), processes()]
    for (const table of tables) await runner.createTable(table)
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = [processes(), idempotency(), reservations(), grants(), allowances(), subscriptions(), planVersions()]
    for (const table of tables) await runner.dropTable(table)
  }
}

function planVersions(): Table {
  return new Table({
    name: 'studio_plan_version',
    columns: [
      { name: 'planId', type: 'varchar', isPrimary: true },
      { name: 'version', type: 'integer', isPrimary: true },
      { name: 'body', type: 'text' },
      { name: 'digest', type: 'varchar' },
      { name: 'createdAt', type: 'varchar' },
    ],
  })
}

function subscriptions(): Table {
  return new Table({
    name: 'studio_subscription',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'planId', type: 'varchar' },
      { name: 'anchorAt', type: 'varchar' },
      { name: 'updatedAt', type: 'varchar' },
    ],
  })
}

function allowances(): Table {
  return new Table({
    name: 'studio_allowance',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'meter', type: 'varchar', isPrimary: true },
      { name: 'periodStart', type: 'varchar', isPrimary: true },
      { name: 'granted', type: 'bigint' },
    ],
  })
}

function grants(): Table {
  return new Table({
    name: 'studio_grant',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'grantId', type: 'varchar', isPrimary: true },
      { name: 'meter', type: 'varchar' },
      { name: 'units', type: 'bigint' },
      { name: 'priority', type: 'integer' },
      { name: 'expiresAt', type: 'varchar', isNullable: true },
      { name: 'reason', type: 'varchar' },
      { name: 'createdAt', type: 'varchar' },
      { name: 'idempotencyKey', type: 'varchar' },
    ],
    indices: [
      { name: 'studio_grant_by_key', columnNames: ['tenantId', 'idempotencyKey'], isUnique: true },
      { name: 'studio_grant_by_meter', columnNames: ['tenantId', 'meter'] },
    ],
  })
}

function reservations(): Table {
  return new Table({
    name: 'studio_reservation',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'reservationId', type: 'varchar', isPrimary: true },
      { name: 'method', type: 'varchar' },
      { name: 'meter', type: 'varchar' },
      { name: 'units', type: 'integer' },
      { name: 'effect', type: 'varchar' },
      { name: 'makes', type: 'varchar', isNullable: true },
      { name: 'environment', type: 'varchar' },
      { name: 'planId', type: 'varchar' },
      { name: 'planVersion', type: 'integer' },
      { name: 'periodStart', type: 'varchar' },
      { name: 'keyId', type: 'varchar', isNullable: true },
      { name: 'processId', type: 'varchar' },
      { name: 'state', type: 'varchar' },
      { name: 'createdAt', type: 'varchar' },
      { name: 'endedAt', type: 'varchar', isNullable: true },
      { name: 'idempotencyKey', type: 'varchar', isNullable: true },
    ],
    // Few reservations are open at a time: it stays small, however many there have been.
    indices: [
      {
        name: 'studio_reservation_open',
        columnNames: ['tenantId', 'reservationId', 'processId'],
        where: `"state" = 'reserved'`,
      },
    ],
  })
}

function idempotency(): Table {
  return new Table({
    name: 'studio_idempotency',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'method', type: 'varchar', isPrimary: true },
      { name: 'idempotencyKey', type: 'varchar', isPrimary: true },
      { name: 'digest', type: 'varchar' },
      { name: 'reservationId', type: 'varchar' },
      { name: 'state', type: 'varchar' },
      { name: 'sealedAnswer', type: 'text', isNullable: true },
      { name: 'answerDigest', type: 'varchar', isNullable: true },
      { name: 'made', type: 'text', isNullable: true },
      { name: 'createdAt', type: 'varchar' },
      { name: 'endedAt', type: 'varchar', isNullable: true },
    ],
  })
}

function processes(): Table {
  return new Table({
    name: 'studio_process',
    columns: [
      { name: 'processId', type: 'varchar', isPrimary: true },
      { name: 'heartbeatAt', type: 'varchar' },
    ],
  })
}
