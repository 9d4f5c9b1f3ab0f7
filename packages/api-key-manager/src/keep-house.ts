import type { IAgent } from '@veramo/core-types'
import type { ApiKeyDependencies } from './dependencies.js'
import { purgeEndedKeys } from './purge-ended-keys.js'
import { forgetUsageBefore } from './typeorm/usage-store.js'
import { warnOfExpiry } from './warn-of-expiry.js'
import { warnOfIdleness } from './warn-of-idleness.js'

export interface HouseRules {
  /** Undefined: nobody has used the plugin yet, and there is nobody to tell. */
  agent: IAgent | undefined
  usageDays: number
  retentionDays: number
  warningDays: number
}

const DAY_MS = 24 * 3_600_000
const EVERYBODYS = { acrossTenants: true }

/**
 * What is done in the background: warns of keys that end soon, and forgets ended keys and usage that are older than they
 * are kept.
 */
export async function keepHouse(
  dependencies: ApiKeyDependencies,
  { agent, usageDays, retentionDays, warningDays }: HouseRules,
): Promise<void> {
  const { database, clock } = dependencies
  if (agent !== undefined) {
    await warnOfExpiry(dependencies, { agent, warningMs: warningDays * DAY_MS })
    await warnOfIdleness(dependencies, agent)
  }
  await purgeEndedKeys(dependencies, retentionDays * DAY_MS)
  const oldest = new Date((await clock.now()).getTime() - usageDays * DAY_MS).toISOString()
  const [old] = await database.readRows(
    'SELECT 1 FROM "studio_api_key_usage" WHERE "start" < ? LIMIT 1',
    [oldest],
    EVERYBODYS,
  )
  if (old === undefined) return
  await database.write((manager) => forgetUsageBefore(manager, oldest), EVERYBODYS)
}
