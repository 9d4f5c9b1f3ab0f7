import type { IAgent } from '@veramo/core-types'
import { isStudioError } from '@veramo-studio/plugin-kit'

/** What is needed of the key manager's `ApiKeyBudgetKey`. */
interface BudgetKey {
  budgetKeyId: string
}

export interface KeyReference {
  tenantId: string
  keyId: string
}

const BUDGET_KEY_METHOD = 'apiKeyManagerGetBudgetKey'
/** Forgotten all at once when they are more; each is found again with one read. */
const MOST_KEYS = 10_000

/**
 * Knows which key's budget each key draws on: the first of its rotation, or one with a budget that made it. That never
 * changes: it is looked up once.
 */
export class BudgetKeys {
  private readonly found = new Map<string, string>()
  /** Keys that call for a customer and are not its own: an operator's. */
  private readonly strangers = new Set<string>()

  known(key: KeyReference): string | undefined {
    return this.found.get(nameOf(key)) ?? (this.strangers.has(nameOf(key)) ? key.keyId : undefined)
  }

  /** For a key that calls: one that is not the customer's own has no budget that others share. */
  async learn(agent: IAgent, key: KeyReference): Promise<void> {
    try {
      await this.find(agent, key)
    } catch (error) {
      if (!isStudioError(error) || error.code !== 'not_found') throw error
      if (this.strangers.size >= MOST_KEYS) this.strangers.clear()
      this.strangers.add(nameOf(key))
    }
  }

  /** Rejects with the key manager's `not_found`. Without a key manager each key draws on its own. */
  async find(agent: IAgent, key: KeyReference): Promise<string> {
    const known = this.found.get(nameOf(key))
    if (known !== undefined) return known
    const found = await lookUp(agent, key)
    if (this.found.size >= MOST_KEYS) this.found.clear()
    this.found.set(nameOf(key), found)
    return found
  }
}

function nameOf({ tenantId, keyId }: KeyReference): string {
  return `${tenantId}\n${keyId}`
}

async function lookUp(agent: IAgent, { tenantId, keyId }: KeyReference): Promise<string> {
  if (!agent.availableMethods().includes(BUDGET_KEY_METHOD)) return keyId
  const args = { customerId: tenantId, keyId }
  return (await agent.execute<object, BudgetKey>(BUDGET_KEY_METHOD, args)).budgetKeyId
}
