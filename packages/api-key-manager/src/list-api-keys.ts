import { kitErrors, parsePageArgs, toPage, type PagePosition } from '@veramo-studio/plugin-kit'
import { isKeyId } from './api-key-token.js'
import type { ApiKeyDependencies } from './dependencies.js'
import { toApiKey } from './describe-api-key.js'
import { ownerOf } from './owner-of.js'
import { findApiKeyPage } from './typeorm/api-key-store.js'
import type { ApiKeyManagerListArgs, ApiKeyPage } from './types/IApiKeyManager.js'

export async function listApiKeys(
  { database, clock }: ApiKeyDependencies,
  args: ApiKeyManagerListArgs,
): Promise<ApiKeyPage> {
  const tenantId = ownerOf(database, args.customerId)
  const { limit, after } = parsePageArgs(args)
  if (after !== undefined) checkPosition(after)
  const rows = await database.read((manager) => findApiKeyPage(manager, { tenantId, limit, ...(after && { after }) }))
  const now = clock.now()
  return toPage(rows, limit, {
    position: ({ createdAt, keyId }) => ({ createdAt, id: keyId }),
    item: (row) => toApiKey(row, now),
  })
}

/** A made-up cursor could hold text that Postgres does not take. */
function checkPosition({ createdAt, id }: PagePosition): void {
  if (isKeyId(id) && new Date(createdAt).toISOString() === createdAt) return
  throw kitErrors.invalid_argument('cursor is not one that a previous page returned')
}
