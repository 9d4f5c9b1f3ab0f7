import { randomString } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { insertEvent } from './typeorm/event-store.js'
import type { BillingEventType, KeyBudgetExhausted, LimitReached, TrialEnding } from './types/IBillingControls.js'

/** Something that a customer is to hear of, once. */
export type BillingEvent = { onceKey: string } & (
  | { type: 'limit.reached'; data: LimitReached }
  | { type: 'key_budget.exhausted'; data: KeyBudgetExhausted }
  | { type: 'trial.ending'; data: TrialEnding }
)

export const EVENT_TYPES: readonly BillingEventType[] = ['limit.reached', 'key_budget.exhausted', 'trial.ending']

/** As the plugins of an agent hear of them. */
export const AGENT_EVENTS: Record<BillingEventType, string> = {
  'limit.reached': 'billingManager.limitReached',
  'key_budget.exhausted': 'billingManager.keyBudgetExhausted',
  'trial.ending': 'billingManager.trialEnding',
}

const ID_LENGTH = 24

/** Keeps events, to be sent, in the write that makes them true; gives those that are new. */
export async function recordEvents(
  manager: EntityManager,
  events: readonly BillingEvent[],
  createdAt: string,
): Promise<BillingEvent[]> {
  const recorded: BillingEvent[] = []
  for (const event of events) {
    const { type, onceKey, data } = event
    const eventId = `evt_${randomString(ID_LENGTH)}`
    const row = { tenantId: data.customerId, eventId, onceKey, type, data: JSON.stringify(data), createdAt }
    if (await insertEvent(manager, row)) recorded.push(event)
  }
  return recorded
}
