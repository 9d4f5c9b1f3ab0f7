import type { ApiKeyDependencies } from './dependencies.js'
import { deleteEndedKey, findEndedBefore, type EndedKey } from './typeorm/ended-key-store.js'

const PAGE = 500

/**
 * Deletes the keys that were revoked or expired longer ago than they are kept, with their usage and budgets. Their audit
 * log stays. Other processes that still have such a key in memory refuse it as they did.
 */
export async function purgeEndedKeys(
  { database, clock, cache }: ApiKeyDependencies,
  retentionMs: number,
): Promise<void> {
  const before = new Date((await clock.now()).getTime() - retentionMs).toISOString()
  const ended = await findEndedBefore(database, { before, limit: PAGE })
  for (const [tenantId, keys] of byTenant(ended)) {
    await database.write(
      async (manager) => {
        for (const key of keys) await deleteEndedKey(manager, key, before)
      },
      { tenantId },
    )
    for (const { keyId } of keys) cache.forget(keyId)
  }
}

function byTenant(keys: readonly EndedKey[]): Map<string, EndedKey[]> {
  const groups = new Map<string, EndedKey[]>()
  for (const key of keys) {
    const others = groups.get(key.tenantId)
    if (others === undefined) groups.set(key.tenantId, [key])
    else others.push(key)
  }
  return groups
}
