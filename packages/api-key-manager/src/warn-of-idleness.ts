import type { IAgent } from '@veramo/core-types'
import type { ApiKeyDependencies } from './dependencies.js'
import { toApiKey } from './describe-api-key.js'
import { emitApiKeyEvent } from './events.js'
import { withLatestUse } from './get-api-key.js'
import { findIdling, markIdleWarned } from './typeorm/idle-key-store.js'

const PAGE = 100

/**
 * Emits `apiKeyIdle` for each key that expires soon unless it is used, once, and once again where it was used since; of
 * several processes one does.
 */
export async function warnOfIdleness(
  { database, clock, idle, usage }: ApiKeyDependencies,
  agent: IAgent,
): Promise<void> {
  const now = await clock.now()
  if (!idle.isLookDue(now.getTime())) return
  const query = { now: now.toISOString(), idleSince: idle.idleSince(now), warnSince: idle.warnSince(now), limit: PAGE }
  let found: number
  do {
    const rows = await database.read((manager) => findIdling(manager, query), { acrossTenants: true })
    found = rows.length
    for (const row of rows) {
      const { tenantId } = row
      const warned = await database.write(
        async (manager) => {
          const [used = row] = await withLatestUse(manager, [row], usage)
          return (await markIdleWarned(manager, row, query.now)) ? used : undefined
        },
        { tenantId },
      )
      if (warned !== undefined) emitApiKeyEvent(agent, 'apiKeyIdle', { apiKey: toApiKey(warned, now, idle) })
    }
  } while (found === PAGE)
}
