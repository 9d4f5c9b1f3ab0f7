import { randomString } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { BillingEvent } from './billing-event.js'
import { budgetAt, nextRefill } from './key-budget.js'
import {
  lockKeyBudget,
  readKeyBudget,
  returnUnits,
  updateRemaining,
  type KeyBudgetReference,
} from './typeorm/key-budget-store.js'

/** What a call takes of a key's budget. */
export interface BudgetDraw extends KeyBudgetReference {
  units: number
  now: Date
}

/** What was drawn, for the reservation to give it back to. */
export interface DrawnBudget {
  budgetKeyId: string
  budgetEpoch: string
}

export interface ExhaustedBudget {
  keyId: string
  resetsAt: string | null
}

export type DrawDecision =
  /** The key is not bounded for the meter. */
  | { decision: 'unbounded' }
  /** Nothing was drawn. */
  | { decision: 'exhausted'; budget: ExhaustedBudget }
  /** `last`: present where nothing is left. */
  | { decision: 'drawn'; drawn: DrawnBudget; last?: ExhaustedBudget }

export const EPOCH_LENGTH = 12

/** Says, before anything is locked, that a call would not get through. */
export async function findExhausted(manager: EntityManager, draw: BudgetDraw): Promise<ExhaustedBudget | undefined> {
  const row = await readKeyBudget(manager, draw)
  if (row === undefined || budgetAt(row, draw.now, row.epoch).remaining >= BigInt(draw.units)) return undefined
  return { keyId: draw.keyId, resetsAt: nextRefill(row, draw.now) }
}

/**
 * Takes the units of a call, all or none. Runs after the ledger has given the write its turn, as does what gives them
 * back: writes that lock both wait for each other in one order.
 */
export async function drawBudget(manager: EntityManager, draw: BudgetDraw): Promise<DrawDecision> {
  const row = await lockKeyBudget(manager, draw)
  if (row === undefined) return { decision: 'unbounded' }
  const { keyId, now } = draw
  const filled = budgetAt(row, now, randomString(EPOCH_LENGTH))
  const budget = { keyId, resetsAt: nextRefill(row, now) }
  const remaining = filled.remaining - BigInt(draw.units)
  if (remaining < 0n) return { decision: 'exhausted', budget }
  await updateRemaining(manager, draw, { ...filled, remaining })
  const drawn = { budgetKeyId: keyId, budgetEpoch: filled.epoch }
  return { decision: 'drawn', drawn, ...(remaining === 0n && { last: budget }) }
}

/** What the customer is to hear of where the last unit was drawn. */
export function exhaustionOf(
  customerId: string,
  meter: string,
  { drawn, last }: Extract<DrawDecision, { decision: 'drawn' }>,
): BillingEvent[] {
  if (last === undefined) return []
  const onceKey = `budget:${drawn.budgetKeyId}:${meter}:${drawn.budgetEpoch}`
  return [{ type: 'key_budget.exhausted', onceKey, data: { customerId, meter, ...last } }]
}

/** Gives back what a call has drawn and not used. */
export async function returnBudget(
  manager: EntityManager,
  drawn: { tenantId: string; meter: string; units: number; budgetKeyId: string | null; budgetEpoch: string | null },
): Promise<void> {
  const { tenantId, meter, units, budgetKeyId, budgetEpoch } = drawn
  if (budgetKeyId === null || budgetEpoch === null || units === 0) return
  await returnUnits(manager, { tenantId, keyId: budgetKeyId, meter, units, epoch: budgetEpoch })
}
