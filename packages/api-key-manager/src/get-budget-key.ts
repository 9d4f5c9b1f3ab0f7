import { rowsOf } from '@veramo-studio/plugin-kit'
import { budgetKeyOf } from './caller-budget.js'
import type { ApiKeyDependencies } from './dependencies.js'
import { requireApiKey } from './get-api-key.js'
import { ownerWhereNamed } from './owner-of.js'
import type { ApiKeyBudgetKey } from './types/ApiKeyBudgetKey.js'
import type { ApiKeyManagerGetArgs } from './types/IApiKeyManager.js'

export async function getBudgetKey(
  { database }: ApiKeyDependencies,
  { keyId, customerId }: ApiKeyManagerGetArgs,
): Promise<ApiKeyBudgetKey> {
  const tenantId = ownerWhereNamed(database, customerId)
  const row = await database.read((manager) => requireApiKey(manager, { keyId, tenantId }), rowsOf(tenantId))
  return { keyId, budgetKeyId: budgetKeyOf(row) }
}
