import { Table, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm'

const SUBSCRIPTION = 'studio_subscription'

/** What customers are to hear of, and where. */
export class BillingEvents implements MigrationInterface {
  readonly name = 'BillingEvents1763600000057'

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(events())
    await runner.createTable(webhooks())
    await runner.createIndex(SUBSCRIPTION, byPlan())
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex(SUBSCRIPTION, byPlan())
    await runner.dropTable(webhooks())
    await runner.dropTable(events())
  }
}

/** For those who look for trials that end. */
function byPlan(): TableIndex {
  return new TableIndex({ name: 'studio_subscription_by_plan', columnNames: ['planId', 'anchorAt'] })
}

function events(): Table {
  return new Table({
    name: 'studio_billing_event',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'eventId', type: 'varchar', isPrimary: true },
      { name: 'onceKey', type: 'varchar' },
      { name: 'type', type: 'varchar' },
      { name: 'data', type: 'text' },
      { name: 'createdAt', type: 'varchar' },
      { name: 'attempts', type: 'integer' },
      { name: 'dueAt', type: 'varchar' },
      { name: 'outcome', type: 'varchar', isNullable: true },
      { name: 'lastError', type: 'varchar', isNullable: true },
    ],
    indices: [
      { name: 'studio_billing_event_once', columnNames: ['tenantId', 'onceKey'], isUnique: true },
      // Few events are pending at a time.
      { name: 'studio_billing_event_due', columnNames: ['dueAt'], where: `"outcome" IS NULL` },
    ],
  })
}

function webhooks(): Table {
  return new Table({
    name: 'studio_webhook',
    columns: [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'webhookId', type: 'varchar' },
      { name: 'url', type: 'varchar' },
      { name: 'events', type: 'text' },
      { name: 'sealedSecret', type: 'text' },
      { name: 'createdAt', type: 'varchar' },
      { name: 'disabledAt', type: 'varchar', isNullable: true },
    ],
  })
}
