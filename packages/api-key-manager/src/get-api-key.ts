import { kitErrors } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { ApiKeyDependencies } from './dependencies.js'
import { toApiKey } from './describe-api-key.js'
import { ownerWhereNamed } from './owner-of.js'
import type { ApiKeyRow } from './typeorm/api-key-row.js'
import { findApiKey, type ApiKeyReference } from './typeorm/api-key-store.js'
import type { ApiKey, ApiKeyManagerGetArgs } from './types/IApiKeyManager.js'

export async function getApiKey(
  { database, clock }: ApiKeyDependencies,
  { keyId, customerId }: ApiKeyManagerGetArgs,
): Promise<ApiKey> {
  const tenantId = ownerWhereNamed(database, customerId)
  const row = await database.read((manager) => requireApiKey(manager, { keyId, tenantId }))
  return toApiKey(row, clock.now())
}

/** Says the same of a key that does not exist and of another customer's. */
export async function requireApiKey(manager: EntityManager, reference: ApiKeyReference): Promise<ApiKeyRow> {
  const row = await findApiKey(manager, reference)
  if (row === null) throw kitErrors.not_found('API key not found')
  return row
}
