import { Table, type MigrationInterface, type QueryRunner } from 'typeorm'

export class WatchBalances implements MigrationInterface {
  readonly name = 'WatchBalances1763600000032'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of [watches(), starts(), events()]) await runner.createTable(table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [events(), starts(), watches()]) await runner.dropTable(table)
  }
}

function watches(): Table {
  return new Table({
    name: 'studio_balance_watch',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'network', type: 'varchar', isPrimary: true },
      { name: 'seq', type: 'varchar' },
      { name: 'available', type: 'varchar' },
      { name: 'settled', type: 'varchar' },
    ],
  })
}

function starts(): Table {
  return new Table({
    name: 'studio_balance_watch_start',
    columns: [
      { name: 'network', type: 'varchar', isPrimary: true },
      { name: 'startedAt', type: 'varchar' },
    ],
  })
}

function events(): Table {
  return new Table({
    name: 'studio_low_balance',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'eventId', type: 'varchar', isPrimary: true },
      { name: 'network', type: 'varchar' },
      { name: 'threshold', type: 'varchar' },
      { name: 'available', type: 'varchar' },
      { name: 'createdAt', type: 'varchar' },
      { name: 'claimedUntil', type: 'varchar', isNullable: true },
      { name: 'emittedAt', type: 'varchar', isNullable: true },
    ],
    // Few wait at a time.
    indices: [
      {
        name: 'studio_low_balance_waiting',
        columnNames: ['createdAt', 'tenantId', 'eventId'],
        where: `"emittedAt" IS NULL`,
      },
    ],
  })
}
