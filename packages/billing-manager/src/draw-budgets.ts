import { randomString } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { EPOCH_LENGTH, type BudgetDraw, type DrawDecision } from './draw-budget.js'
import { budgetAt, nextRefill, type BudgetState } from './key-budget.js'
import { lockKeyBudget, updateRemaining, type KeyBudgetReference } from './typeorm/key-budget-store.js'

interface OpenBudget {
  reference: KeyBudgetReference
  state: BudgetState
  isDrawn: boolean
}

/**
 * The budgets that several calls of one write draw from, one call after another. As in `drawBudget`, the ledger has given
 * the write its turn before.
 */
export class BudgetDraws {
  private readonly budgets = new Map<string, OpenBudget | undefined>()

  constructor(private readonly manager: EntityManager) {}

  /** Says what a draw would come to; it is made by what is returned with it. */
  async look(draw: BudgetDraw): Promise<{ decision: DrawDecision; take: () => void }> {
    const budget = await this.open(draw)
    if (budget === undefined) return { decision: { decision: 'unbounded' }, take: () => undefined }
    const { keyId, units, now } = draw
    const left = { keyId, resetsAt: nextRefill(budget.state, now) }
    const remaining = budget.state.remaining - BigInt(units)
    if (remaining < 0n) return { decision: { decision: 'exhausted', budget: left }, take: () => undefined }
    const drawn = { budgetKeyId: keyId, budgetEpoch: budget.state.epoch }
    return {
      decision: { decision: 'drawn', drawn, ...(remaining === 0n && { last: left }) },
      take: () => Object.assign(budget, { state: { ...budget.state, remaining }, isDrawn: true }),
    }
  }

  async write(): Promise<void> {
    for (const budget of this.budgets.values()) {
      if (budget?.isDrawn === true) await updateRemaining(this.manager, budget.reference, budget.state)
    }
  }

  private async open({ tenantId, keyId, meter, now }: BudgetDraw): Promise<OpenBudget | undefined> {
    const name = `${keyId}\n${meter}`
    if (!this.budgets.has(name)) {
      const row = await lockKeyBudget(this.manager, { tenantId, keyId, meter })
      const state = row && budgetAt(row, now, randomString(EPOCH_LENGTH))
      this.budgets.set(name, state && { reference: { tenantId, keyId, meter }, state, isDrawn: false })
    }
    return this.budgets.get(name)
  }
}
