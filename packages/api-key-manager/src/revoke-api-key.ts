import type { IAgent } from '@veramo/core-types'
import { currentContext, isPermitted, kitErrors, rowsOf } from '@veramo-studio/plugin-kit'
import { checkLines } from './check-text.js'
import type { ApiKeyDependencies } from './dependencies.js'
import { toApiKey } from './describe-api-key.js'
import { apiKeyManagerErrors } from './errors.js'
import { emitApiKeyEvent } from './events.js'
import { requireHeldApiKey } from './get-api-key.js'
import { ownerWhereNamed } from './owner-of.js'
import { announceChange, changeApiKey, type ApiKeyReference } from './typeorm/api-key-store.js'
import { writeAudit } from './typeorm/audit-store.js'
import type { ApiKey, ApiKeyManagerRevokeArgs } from './types/IApiKeyManager.js'

const METHOD = 'apiKeyManagerRevoke'
const MAX_REASON_LENGTH = 500

export async function revokeApiKey(
  dependencies: ApiKeyDependencies,
  { keyId, customerId, reason }: ApiKeyManagerRevokeArgs,
  agent: IAgent,
): Promise<ApiKey> {
  refuseUnlessOwn(keyId)
  const tenantId = ownerWhereNamed(dependencies.database, customerId)
  const revokedReason = reason === undefined ? null : checkLines('reason', reason, MAX_REASON_LENGTH)
  return endApiKey(dependencies, { keyId, tenantId, revokedReason }, agent)
}

/** Ends a key, whoever asks for it. Throws `api_key_revoked` for one that has been. */
export async function endApiKey(
  { database, clock, cache, usage }: ApiKeyDependencies,
  { revokedReason, ...reference }: ApiKeyReference & { revokedReason: string | null },
  agent: IAgent,
): Promise<ApiKey> {
  const now = await clock.now()
  const mark = { revokedAt: now.toISOString(), revokedReason }
  const { tenantId } = reference
  const row = await database.write(async (manager) => {
    const before = await requireHeldApiKey(manager, reference, usage)
    const isFirst = await changeApiKey(manager, before, mark)
    if (!isFirst) throw apiKeyManagerErrors.api_key_revoked('the API key is revoked, for good')
    const after = { ...before, ...mark }
    await writeAudit(manager, { action: 'revoke', before, after, now })
    await announceChange(manager, after)
    return after
  }, rowsOf(tenantId))
  cache.forget(row.keyId)
  const apiKey = toApiKey(row, now)
  emitApiKeyEvent(agent, 'apiKeyRevoked', { apiKey })
  return apiKey
}

/** Whoever holds a token may end it; ending another key takes the permission for it. */
function refuseUnlessOwn(keyId: string): void {
  const { principal } = currentContext()
  if (principal === undefined || principal.keyId === keyId || isPermitted(principal.permissions, METHOD)) return
  throw kitErrors.permission_denied(`the key does not have the permission ${METHOD}`, {
    extensions: { permission: METHOD },
  })
}
