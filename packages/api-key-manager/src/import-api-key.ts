import type { IAgent } from '@veramo/core-types'
import { isUniqueViolation, kitErrors } from '@veramo-studio/plugin-kit'
import { hashDigest, newKeyId } from './api-key-token.js'
import { checkKeyRequest } from './check-key-request.js'
import { parseSha256 } from './check-text.js'
import type { ApiKeyDependencies } from './dependencies.js'
import { makeApiKey, type KeyToMake } from './make-api-key.js'
import { ownerOf } from './owner-of.js'
import { findByHash } from './typeorm/api-key-store.js'
import type { ApiKeyManagerImportArgs, ApiKeyManagerImportResult } from './types/ApiKeyImport.js'

/** Takes a key over whose token was made elsewhere. The token stays unknown here until it is used. */
export async function importApiKey(
  dependencies: ApiKeyDependencies,
  { prefix, hash, ...args }: ApiKeyManagerImportArgs,
  agent: IAgent,
): Promise<ApiKeyManagerImportResult> {
  const { database, peppers, clock, networks, imported } = dependencies
  const now = await clock.now()
  const request = checkKeyRequest(args, { now, networks })
  if (!imported.has(prefix)) {
    throw kitErrors.invalid_argument(`prefix must be one of: ${imported.all.join(', ') || 'none is registered'}`)
  }
  const digest = parseSha256('hash', hash)
  const tenantId = ownerOf(database, args.customerId)
  // Under every pepper: the token that the index would not find again is the same token.
  const hashes = peppers.all.map((pepper) => hashDigest(pepper, digest))
  if ((await findByHash(database, hashes)) !== undefined) throw known()
  const { newest } = peppers
  const kept = {
    ...{ keyId: newKeyId(), tokenPrefix: prefix },
    ...{ hash: hashDigest(newest, digest), pepperVersion: newest.version },
  }
  return { apiKey: await makeOnce(dependencies, { tenantId, request, kept, now, action: 'import' }, agent) }
}

async function makeOnce(dependencies: ApiKeyDependencies, making: KeyToMake, agent: IAgent) {
  try {
    return await makeApiKey(dependencies, making, agent)
  } catch (error) {
    // Without its cause, which names the hash.
    throw isUniqueViolation(error) ? known() : error
  }
}

/** Does not say whose the other key is. */
function known(): Error {
  return kitErrors.conflict('there is a key with this hash')
}
