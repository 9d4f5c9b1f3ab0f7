import type { IAgent } from '@veramo/core-types'
import { isStudioError, kitErrors } from '@veramo-studio/plugin-kit'
import { digestOf, hashDigest } from './api-key-token.js'
import { checkLines, parseSha256 } from './check-text.js'
import type { ApiKeyDependencies } from './dependencies.js'
import { endApiKey } from './revoke-api-key.js'
import { findByHash } from './typeorm/api-key-store.js'
import type {
  ApiKeyLeakFinding,
  ApiKeyLeakFindings,
  ApiKeyLeakReport,
  ApiKeyManagerReportLeakArgs,
} from './types/ApiKeyLeak.js'

const MAX_REPORTS = 1000
const MAX_REASON_LENGTH = 500
const DEFAULT_REASON = 'leaked'

/** A report is found by the kept hash: what is no key of this service costs a look into an index, and changes nothing. */
export async function reportLeak(
  dependencies: ApiKeyDependencies,
  { reports, reason = DEFAULT_REASON }: ApiKeyManagerReportLeakArgs,
  agent: IAgent,
): Promise<ApiKeyLeakFindings> {
  if (reports.length === 0 || reports.length > MAX_REPORTS) {
    throw kitErrors.invalid_argument(`reports must have 1 to ${MAX_REPORTS} entries`)
  }
  const revokedReason = checkLines('reason', reason, MAX_REASON_LENGTH)
  const digests = reports.map(toDigest)
  const items: ApiKeyLeakFinding[] = []
  for (const digest of digests) items.push(await endLeaked(dependencies, { digest, revokedReason, agent }))
  return { items }
}

/** The SHA-256 of the token. Says of a report that is wrong where it is, and nothing of what it is. */
function toDigest({ token, hash }: ApiKeyLeakReport, index: number): Buffer {
  if ((token === undefined) === (hash === undefined)) {
    throw kitErrors.invalid_argument(`reports.${index} must have either a token or a hash`)
  }
  return token === undefined ? parseSha256(`reports.${index}.hash`, hash) : digestOf(token)
}

async function endLeaked(
  dependencies: ApiKeyDependencies,
  { digest, revokedReason, agent }: { digest: Buffer; revokedReason: string; agent: IAgent },
): Promise<ApiKeyLeakFinding> {
  const hashes = dependencies.peppers.all.map((pepper) => hashDigest(pepper, digest))
  const found = await findByHash(dependencies.database, hashes)
  if (found === undefined) return { keyId: null, customerId: null, revoked: false }
  const { keyId, tenantId } = found
  try {
    await endApiKey(dependencies, { keyId, tenantId, revokedReason }, agent)
    return { keyId, customerId: tenantId, revoked: true }
  } catch (error) {
    // It has ended already, which is what is asked for.
    if (isStudioError(error) && error.code === 'api_key_revoked') return { keyId, customerId: tenantId, revoked: false }
    throw error
  }
}
