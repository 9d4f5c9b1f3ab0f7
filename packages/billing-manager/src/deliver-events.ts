import { isStudioError, runInTenant, type guardedFetch } from '@veramo-studio/plugin-kit'
import type { BillingDependencies } from './dependencies.js'
import { afterAttempt, CLAIM_MS, MOST_ATTEMPTS } from './delivery-schedule.js'
import { secretPlace } from './set-webhook.js'
import { signWebhook } from './sign-webhook.js'
import {
  claimEvent,
  endEvent,
  postponeEvent,
  readDueEvents,
  type EventOutcome,
  type PendingEvent,
} from './typeorm/event-store.js'
import { disableWebhook, readWebhook, type WebhookRow } from './typeorm/webhook-store.js'

export interface DeliveryDependencies extends BillingDependencies {
  /** Sends to addresses that customers choose. */
  webhookFetch: typeof guardedFetch
  /** 0 up to 1, for delays that do not fall together. */
  random: () => number
}

/** How many deliveries of a pass have ended, and how. */
export type DeliverySummary = Record<EventOutcome | 'postponed', number>

type Attempt = { result: 'delivered' } | { result: 'gone' | 'refused'; error: string }

const PAGE = 100
const TIMEOUT_MS = 10_000
/** Nobody reads the answer. */
const MAX_ANSWER_BYTES = 65_536
const MAX_ERROR_LENGTH = 200
const GONE = 410

/**
 * Sends what is due: one process at a time an event, a customer's one after another, oldest first; several customers' at
 * once. At least once: what was sent when a process died is sent again, with the same `webhook-id`.
 */
export async function deliverEvents(deps: DeliveryDependencies): Promise<DeliverySummary> {
  const summary: DeliverySummary = { delivered: 0, failed: 0, skipped: 0, postponed: 0 }
  const failures: unknown[] = []
  const now = deps.clock.now().toISOString()
  const due = await deps.database.read((manager) => readDueEvents(manager, now, PAGE), { acrossTenants: true })
  const byTenant = new Map<string, PendingEvent[]>()
  for (const event of due) byTenant.set(event.tenantId, [...(byTenant.get(event.tenantId) ?? []), event])
  await Promise.all(
    [...byTenant].map(async ([tenantId, events]) => {
      for (const event of events) {
        try {
          const end = await runInTenant(tenantId, () => deliver(deps, event))
          if (end !== 'taken') summary[end] += 1
        } catch (error) {
          failures.push(error)
        }
      }
    }),
  )
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} events cannot be delivered`)
  return summary
}

/** `taken` where another process sends it. */
async function deliver(deps: DeliveryDependencies, event: PendingEvent): Promise<keyof DeliverySummary | 'taken'> {
  const { database, clock } = deps
  const { tenantId } = event
  if (event.attempts >= MOST_ATTEMPTS) return end(deps, event, { outcome: 'failed', lastError: 'no attempt has ended' })
  const until = new Date(clock.now().getTime() + CLAIM_MS).toISOString()
  if (!(await database.write((manager) => claimEvent(manager, event, until), { tenantId }))) return 'taken'
  const webhook = await database.read((manager) => readWebhook(manager, tenantId))
  if (webhook === undefined || webhook.disabledAt !== null || !webhook.events.includes(event.type)) {
    return end(deps, event, { outcome: 'skipped', lastError: null })
  }
  const attempt = await send(deps, event, webhook)
  if (attempt.result === 'delivered') return end(deps, event, { outcome: 'delivered', lastError: null })
  const lastError = attempt.error
  if (attempt.result === 'gone') {
    await database.write((manager) => disableWebhook(manager, webhook, clock.now().toISOString()), { tenantId })
    return end(deps, event, { outcome: 'failed', lastError })
  }
  const delayMs = afterAttempt(event.attempts + 1, deps.random)
  if (delayMs === undefined) return end(deps, event, { outcome: 'failed', lastError })
  const dueAt = new Date(clock.now().getTime() + delayMs).toISOString()
  await database.write((manager) => postponeEvent(manager, event, { dueAt, lastError }), { tenantId })
  return 'postponed'
}

async function end(
  { database }: DeliveryDependencies,
  event: PendingEvent,
  ending: { outcome: EventOutcome; lastError: string | null },
): Promise<EventOutcome> {
  await database.write((manager) => endEvent(manager, event, ending), { tenantId: event.tenantId })
  return ending.outcome
}

async function send(
  { answers, clock, webhookFetch }: DeliveryDependencies,
  { eventId, type, createdAt, data }: PendingEvent,
  webhook: WebhookRow,
): Promise<Attempt> {
  if (answers === undefined) return { result: 'refused', error: 'the secret cannot be opened' }
  const secret = await answers.open(secretPlace(webhook), webhook.sealedSecret)
  const body = JSON.stringify({ type, timestamp: createdAt, data: JSON.parse(data) as object })
  const timestamp = Math.floor(clock.now().getTime() / 1000)
  const headers = { 'content-type': 'application/json', ...signWebhook(secret, { id: eventId, timestamp, body }) }
  const request = { method: 'POST' as const, headers, body, timeoutMs: TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES }
  try {
    const { status } = await webhookFetch(webhook.url, request)
    if (status >= 200 && status < 300) return { result: 'delivered' }
    return { result: status === GONE ? 'gone' : 'refused', error: `answered ${status}` }
  } catch (error) {
    if (!isStudioError(error)) throw error
    return { result: 'refused', error: error.message.slice(0, MAX_ERROR_LENGTH) }
  }
}
