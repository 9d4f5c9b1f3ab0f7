import type { EntityManager } from 'typeorm'
import type { BillingEventType } from '../types/IBillingControls.js'
import { change, select } from './sql.js'

export interface WebhookRow {
  tenantId: string
  /** Another each time that it is set. */
  webhookId: string
  url: string
  events: BillingEventType[]
  sealedSecret: string
  createdAt: string
  /** When the endpoint said that it is gone; null while it is not. */
  disabledAt: string | null
}

const SELECT_WEBHOOK =
  `SELECT "tenantId", "webhookId", "url", "events", "sealedSecret", "createdAt", "disabledAt" ` +
  `FROM "studio_webhook" WHERE "tenantId" = ?`
const UPSERT_WEBHOOK =
  `INSERT INTO "studio_webhook" ("tenantId", "webhookId", "url", "events", "sealedSecret", "createdAt") ` +
  `VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT ("tenantId") DO UPDATE SET "webhookId" = EXCLUDED."webhookId", ` +
  `"url" = EXCLUDED."url", "events" = EXCLUDED."events", "sealedSecret" = EXCLUDED."sealedSecret", ` +
  `"createdAt" = EXCLUDED."createdAt", "disabledAt" = NULL`
const DISABLE_WEBHOOK = `UPDATE "studio_webhook" SET "disabledAt" = ? WHERE "tenantId" = ? AND "webhookId" = ?`
const DELETE_WEBHOOK = `DELETE FROM "studio_webhook" WHERE "tenantId" = ?`

export async function readWebhook(manager: EntityManager, tenantId: string): Promise<WebhookRow | undefined> {
  const [row] = await select<Omit<WebhookRow, 'events'> & { events: string }>(manager, SELECT_WEBHOOK, [tenantId])
  return row && { ...row, events: JSON.parse(row.events) as BillingEventType[] }
}

/** In place of the one that is there. */
export async function upsertWebhook(manager: EntityManager, row: Omit<WebhookRow, 'disabledAt'>): Promise<void> {
  const { tenantId, webhookId, url, events, sealedSecret, createdAt } = row
  await change(manager, UPSERT_WEBHOOK, [tenantId, webhookId, url, JSON.stringify(events), sealedSecret, createdAt])
}

/** Leaves one alone that was set meanwhile. */
export async function disableWebhook(
  manager: EntityManager,
  { tenantId, webhookId }: WebhookRow,
  disabledAt: string,
): Promise<void> {
  await change(manager, DISABLE_WEBHOOK, [disabledAt, tenantId, webhookId])
}

/** False where there was none. */
export async function deleteWebhook(manager: EntityManager, tenantId: string): Promise<boolean> {
  return (await change(manager, DELETE_WEBHOOK, [tenantId])) === 1
}
