import { Table, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm'

const RESERVATION = 'studio_reservation'
const OPEN = 'studio_reservation_open'

/** Reservations whose fate is that of a transaction on a chain, and those that an operator has ended. */
export class BroadcastReservations implements MigrationInterface {
  readonly name = 'BroadcastReservations1763600000037'

  async up(runner: QueryRunner): Promise<void> {
    await runner.dropIndex(RESERVATION, OPEN)
    await runner.createIndex(RESERVATION, openIndex(`"endedAt" IS NULL`))
    await runner.createIndex(RESERVATION, byTime())
    await runner.createTable(broadcasts())
    await runner.createTable(resolutions())
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(resolutions())
    await runner.dropTable(broadcasts())
    await runner.dropIndex(RESERVATION, byTime())
    await runner.dropIndex(RESERVATION, OPEN)
    await runner.createIndex(RESERVATION, openIndex(`"state" = 'reserved'`))
  }
}

function openIndex(where: string): TableIndex {
  return new TableIndex({ name: OPEN, columnNames: ['tenantId', 'reservationId', 'processId'], where })
}

function byTime(): TableIndex {
  return new TableIndex({
    name: 'studio_reservation_by_time',
    columnNames: ['tenantId', 'createdAt', 'reservationId'],
  })
}

function broadcasts(): Table {
  return new Table({
    name: 'studio_broadcast',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'reservationId', type: 'varchar', isPrimary: true },
      { name: 'txHash', type: 'varchar', isPrimary: true },
      { name: 'network', type: 'varchar' },
      { name: 'sender', type: 'varchar' },
      { name: 'sequence', type: 'varchar' },
      { name: 'timeoutHeight', type: 'varchar', isNullable: true },
      { name: 'txBytes', type: 'text' },
      { name: 'markedAt', type: 'varchar' },
      { name: 'outcome', type: 'varchar', isNullable: true },
      { name: 'reason', type: 'varchar', isNullable: true },
      { name: 'feeNcheq', type: 'varchar', isNullable: true },
      { name: 'made', type: 'text', isNullable: true },
    ],
  })
}

function resolutions(): Table {
  return new Table({
    name: 'studio_resolution',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'reservationId', type: 'varchar', isPrimary: true },
      { name: 'outcome', type: 'varchar' },
      { name: 'reason', type: 'varchar' },
      { name: 'resolvedBy', type: 'varchar', isNullable: true },
      { name: 'resolvedAt', type: 'varchar' },
    ],
  })
}
