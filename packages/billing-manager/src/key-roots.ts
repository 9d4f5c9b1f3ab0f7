import type { IAgent } from '@veramo/core-types'
import { isStudioError } from '@veramo-studio/plugin-kit'

/** What is needed of the key manager's `ApiKey`. */
interface RotatedKey {
  rotatedFrom: string | null
}

export interface KeyReference {
  tenantId: string
  keyId: string
}

const KEY_METHOD = 'apiKeyManagerGet'
/** Forgotten all at once when they are more; each is found again with a read for each rotation. */
const MOST_KEYS = 10_000

/**
 * Knows the first key of each key's rotation, which their shared budget belongs to. A key's predecessor never changes: it
 * is looked up once.
 */
export class KeyRoots {
  private readonly roots = new Map<string, string>()
  /** Keys that call for a customer and are not its own: an operator's. */
  private readonly strangers = new Set<string>()

  known(key: KeyReference): string | undefined {
    return this.roots.get(nameOf(key)) ?? (this.strangers.has(nameOf(key)) ? key.keyId : undefined)
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

  /** Rejects with the key manager's `not_found`. Without a key manager each key is its own first. */
  async find(agent: IAgent, { tenantId, keyId }: KeyReference): Promise<string> {
    const path: string[] = []
    let current: string | null = keyId
    let root: string | undefined
    while (root === undefined && current !== null && !path.includes(current)) {
      path.push(current)
      root = this.roots.get(nameOf({ tenantId, keyId: current }))
      current = root === undefined ? await predecessorOf(agent, { tenantId, keyId: current }) : null
    }
    const found = root ?? path.at(-1) ?? keyId
    if (this.roots.size + path.length > MOST_KEYS) this.roots.clear()
    for (const each of path) this.roots.set(nameOf({ tenantId, keyId: each }), found)
    return found
  }
}

function nameOf({ tenantId, keyId }: KeyReference): string {
  return `${tenantId}\n${keyId}`
}

async function predecessorOf(agent: IAgent, { tenantId, keyId }: KeyReference): Promise<string | null> {
  if (!agent.availableMethods().includes(KEY_METHOD)) return null
  const key = await agent.execute<object, RotatedKey>(KEY_METHOD, { customerId: tenantId, keyId })
  return key.rotatedFrom
}
