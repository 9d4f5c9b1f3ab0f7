import type { IAgent } from '@veramo/core-types'
import type { ApiKeyDependencies } from './dependencies.js'
import { toApiKey } from './describe-api-key.js'
import { emitApiKeyEvent } from './events.js'
import { findExpiring, markExpiryWarned } from './typeorm/api-key-store.js'

const PAGE = 100

/** Emits `apiKeyExpiring` once for each key whose end is nearer than the warning; of several processes one does. */
export async function warnOfExpiry(
  { database, clock }: ApiKeyDependencies,
  { agent, warningMs }: { agent: IAgent; warningMs: number },
): Promise<void> {
  const now = await clock.now()
  const until = new Date(now.getTime() + warningMs).toISOString()
  const query = { now: now.toISOString(), until, limit: PAGE }
  const rows = await database.read((manager) => findExpiring(manager, query), { acrossTenants: true })
  for (const row of rows) {
    const { tenantId } = row
    const isFirst = await database.write((manager) => markExpiryWarned(manager, row, query.now), { tenantId })
    if (isFirst) emitApiKeyEvent(agent, 'apiKeyExpiring', { apiKey: toApiKey(row, now) })
  }
}
