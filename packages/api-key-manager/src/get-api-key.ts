import { kitErrors, rowsOf } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { ApiKeyDependencies } from './dependencies.js'
import { toApiKey } from './describe-api-key.js'
import { ownerWhereNamed } from './owner-of.js'
import type { ApiKeyRow } from './typeorm/api-key-row.js'
import { findApiKey, holdApiKey, type ApiKeyReference } from './typeorm/api-key-store.js'
import { latestUses } from './typeorm/usage-store.js'
import type { ApiKey, ApiKeyManagerGetArgs } from './types/IApiKeyManager.js'
import type { UsageRecorder } from './usage-recorder.js'

export async function getApiKey(
  { database, clock, usage, idle }: ApiKeyDependencies,
  { keyId, customerId }: ApiKeyManagerGetArgs,
): Promise<ApiKey> {
  const tenantId = ownerWhereNamed(database, customerId)
  const now = await clock.now()
  return database.read(async (manager) => {
    const row = await requireApiKey(manager, { keyId, tenantId })
    const [used] = await withLatestUse(manager, [row], usage)
    return toApiKey(used ?? row, now, idle)
  }, rowsOf(tenantId))
}

/** Says the same of a key that does not exist and of another customer's. */
export async function requireApiKey(manager: EntityManager, reference: ApiKeyReference): Promise<ApiKeyRow> {
  return found(await findApiKey(manager, reference))
}

/** As {@link requireApiKey}, for a write that changes the key, and with its latest use. */
export async function requireHeldApiKey(
  manager: EntityManager,
  reference: ApiKeyReference,
  usage: UsageRecorder,
): Promise<ApiKeyRow> {
  const row = found(await holdApiKey(manager, reference))
  const [used] = await withLatestUse(manager, [row], usage)
  return used ?? row
}

/** When a key was last used stands in three places: its row, its usage, and, for a minute, the memory of this process. */
export async function withLatestUse(
  manager: EntityManager,
  rows: readonly ApiKeyRow[],
  usage: UsageRecorder,
): Promise<ApiKeyRow[]> {
  const [first] = rows
  if (first === undefined) return []
  const saved = await latestUses(
    manager,
    first.tenantId,
    rows.map(({ keyId }) => keyId),
  )
  return rows.map((row) => {
    const uses = [row.lastUsedAt, saved.get(row.keyId), usage.lastUsedAt(row.keyId)]
    return {
      ...row,
      lastUsedAt:
        uses
          .filter((use) => typeof use === 'string')
          .sort()
          .at(-1) ?? null,
    }
  })
}

function found(row: ApiKeyRow | null): ApiKeyRow {
  if (row === null) throw kitErrors.not_found('API key not found')
  return row
}
