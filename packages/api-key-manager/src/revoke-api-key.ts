import { checkLines } from './check-text.js'
import type { ApiKeyDependencies } from './dependencies.js'
import { toApiKey } from './describe-api-key.js'
import { apiKeyManagerErrors } from './errors.js'
import { requireApiKey } from './get-api-key.js'
import { ownerWhereNamed } from './owner-of.js'
import { markRevoked } from './typeorm/api-key-store.js'
import type { ApiKey, ApiKeyManagerRevokeArgs } from './types/IApiKeyManager.js'

const MAX_REASON_LENGTH = 500

export async function revokeApiKey(
  { database, clock }: ApiKeyDependencies,
  { keyId, customerId, reason }: ApiKeyManagerRevokeArgs,
): Promise<ApiKey> {
  const tenantId = ownerWhereNamed(database, customerId)
  const revokedReason = reason === undefined ? null : checkLines('reason', reason, MAX_REASON_LENGTH)
  const now = clock.now()
  const mark = { revokedAt: now.toISOString(), revokedReason }
  return database.write(async (manager) => {
    const row = await requireApiKey(manager, { keyId, tenantId })
    const isFirst = await markRevoked(manager, row, mark)
    if (!isFirst) throw apiKeyManagerErrors.api_key_revoked('the API key is revoked, for good')
    return toApiKey({ ...row, ...mark }, now)
  })
}
