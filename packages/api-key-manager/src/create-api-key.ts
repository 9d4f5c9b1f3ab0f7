import type { IAgent } from '@veramo/core-types'
import { generateApiKeyToken } from './api-key-token.js'
import { checkKeyRequest } from './check-key-request.js'
import type { ApiKeyDependencies } from './dependencies.js'
import { makeApiKey } from './make-api-key.js'
import { ownerOf } from './owner-of.js'
import type { ApiKeyManagerCreateArgs, ApiKeyManagerCreateResult } from './types/IApiKeyManager.js'

export async function createApiKey(
  dependencies: ApiKeyDependencies,
  args: ApiKeyManagerCreateArgs,
  agent: IAgent,
): Promise<ApiKeyManagerCreateResult> {
  const { database, peppers, clock, networks } = dependencies
  const now = await clock.now()
  const request = checkKeyRequest(args, { now, networks })
  const tenantId = ownerOf(database, args.customerId)
  const { token, ...kept } = generateApiKeyToken(peppers, request.environment)
  const making = { tenantId, request, kept: { ...kept, tokenPrefix: null }, now, action: 'create' } as const
  return { apiKey: await makeApiKey(dependencies, making, agent), token }
}
