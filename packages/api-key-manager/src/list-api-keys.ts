import { parsePageArgs, toPage } from '@veramo-studio/plugin-kit'
import { isKeyId } from './api-key-token.js'
import { checkPosition } from './check-position.js'
import { checkLine } from './check-text.js'
import type { ApiKeyDependencies } from './dependencies.js'
import { toApiKey } from './describe-api-key.js'
import { withLatestUse } from './get-api-key.js'
import { ownerOf } from './owner-of.js'
import { findApiKeyPage } from './typeorm/api-key-store.js'
import type { ApiKeyManagerListArgs, ApiKeyPage } from './types/IApiKeyManager.js'

const MAX_NAME_LENGTH = 100

export async function listApiKeys(
  { database, clock, usage, idle }: ApiKeyDependencies,
  args: ApiKeyManagerListArgs,
): Promise<ApiKeyPage> {
  const tenantId = ownerOf(database, args.customerId)
  const { limit, after } = parsePageArgs(args)
  if (after !== undefined) checkPosition(after, isKeyId)
  const { status, environment, name } = args
  const now = await clock.now()
  // Which keys are idle is asked of the database: what this process has seen is saved first.
  if (status !== undefined && idle.isOn) await usage.flush()
  const query = {
    ...{ tenantId, limit, now: now.toISOString(), idleSince: idle.idleSince(now) },
    ...(after && { after }),
    ...(status && { status }),
    ...(environment && { environment }),
    ...(name !== undefined && { name: checkLine('name', name, MAX_NAME_LENGTH) }),
  }
  const rows = await database.read(
    async (manager) => withLatestUse(manager, await findApiKeyPage(manager, query), usage),
    { tenantId },
  )
  return toPage(rows, limit, {
    position: ({ createdAt, keyId }) => ({ createdAt, id: keyId }),
    item: (row) => toApiKey(row, now, idle),
  })
}
