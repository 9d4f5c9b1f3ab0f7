import { Table, type MigrationInterface, type QueryRunner } from 'typeorm'

export class CreateLedger implements MigrationInterface {
  readonly name = 'CreateLedger1763600000006'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of [chains(), accounts(), entries(), transfers()]) await runner.createTable(table)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [transfers(), entries(), accounts(), chains()]) await runner.dropTable(table)
  }
}

function chains(): Table {
  return new Table({
    name: 'studio_ledger_chain',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'seq', type: 'bigint' },
      { name: 'hash', type: 'varchar' },
    ],
  })
}

function accounts(): Table {
  return new Table({
    name: 'studio_ledger_account',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'code', type: 'varchar', isPrimary: true },
      { name: 'asset', type: 'varchar', isPrimary: true },
      { name: 'balance', type: 'bigint' },
    ],
  })
}

function entries(): Table {
  return new Table({
    name: 'studio_ledger_entry',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'seq', type: 'bigint', isPrimary: true },
      { name: 'transferId', type: 'varchar' },
      { name: 'legIndex', type: 'integer' },
      { name: 'kind', type: 'varchar' },
      { name: 'fromCode', type: 'varchar' },
      { name: 'toCode', type: 'varchar' },
      { name: 'asset', type: 'varchar' },
      { name: 'amount', type: 'bigint' },
      { name: 'fromBalance', type: 'bigint' },
      { name: 'toBalance', type: 'bigint' },
      { name: 'createdAt', type: 'varchar' },
      { name: 'previousHash', type: 'varchar' },
      { name: 'hash', type: 'varchar' },
    ],
    // A statement, whichever way it is filtered, and a balance of the past each cost the same at any age and size.
    indices: [
      { name: 'studio_ledger_entry_from', columnNames: ['tenantId', 'fromCode', 'asset', 'seq'] },
      { name: 'studio_ledger_entry_to', columnNames: ['tenantId', 'toCode', 'asset', 'seq'] },
      { name: 'studio_ledger_entry_asset', columnNames: ['tenantId', 'asset', 'seq'] },
      { name: 'studio_ledger_entry_created', columnNames: ['tenantId', 'createdAt', 'seq'] },
    ],
  })
}

function transfers(): Table {
  const pending = `"state" = 'pending'`
  return new Table({
    name: 'studio_ledger_transfer',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'transferId', type: 'varchar', isPrimary: true },
      { name: 'kind', type: 'varchar' },
      { name: 'state', type: 'varchar' },
      { name: 'legs', type: 'text' },
      { name: 'settledAmounts', type: 'text', isNullable: true },
      { name: 'metadata', type: 'text' },
      { name: 'digest', type: 'varchar' },
      { name: 'createdAt', type: 'varchar' },
      { name: 'expiresAt', type: 'varchar', isNullable: true },
      { name: 'endedAt', type: 'varchar', isNullable: true },
      { name: 'startSeq', type: 'bigint' },
      { name: 'endSeq', type: 'bigint', isNullable: true },
      { name: 'seal', type: 'varchar' },
    ],
    indices: [
      { name: 'studio_ledger_transfer_created', columnNames: ['tenantId', 'createdAt', 'transferId'] },
      // Few transfers are pending at a time: these two stay small.
      { name: 'studio_ledger_transfer_due', columnNames: ['expiresAt', 'tenantId', 'transferId'], where: pending },
      { name: 'studio_ledger_transfer_pending', columnNames: ['tenantId', 'transferId'], where: pending },
    ],
  })
}
