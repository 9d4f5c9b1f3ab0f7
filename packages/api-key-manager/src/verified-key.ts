import type { BlockList } from 'node:net'
import { addressList } from './allowed-ips.js'
import { describeApiKey, toPrincipal } from './describe-api-key.js'
import type { PermissionBundles } from './permission-bundles.js'
import type { VerifiableRow } from './typeorm/api-key-store.js'
import type { ApiKey, ApiKeyDecision, ApiKeyPrincipal, ApiKeyRateLimit } from './types/IApiKeyManager.js'

/** A key as it is kept in memory: all that a decision takes, made once. */
export interface VerifiedKey {
  readonly keyId: string
  /** Whose key it is. */
  readonly tenantId: string
  /** SHA-256 of its token; undefined where it was found by its id. */
  readonly digest: string | undefined
  readonly isRevoked: boolean
  readonly isEnabled: boolean
  readonly expiresAtMs: number
  /** The key whose budgets it draws on: itself, or the first of its chain of rotations. */
  readonly budgetId: string
  readonly rateLimits: readonly ApiKeyRateLimit[]
  /** Undefined: from anywhere. */
  readonly addresses: BlockList | undefined
  readonly apiKey: ApiKey
  readonly principal: ApiKeyPrincipal
  /** When it was last used, or made, as far as this process knows. */
  usedAtMs: number
  /** Used since the cache last looked for room. */
  isRecent: boolean
}

/** Without its digest, for a key that was found by its id. */
export function toVerifiedKey(row: VerifiableRow, bundles: PermissionBundles, digest?: string): VerifiedKey {
  const apiKey = Object.freeze(describeApiKey(row, 'active'))
  Object.freeze(apiKey.permissions)
  Object.freeze(apiKey.rateLimits)
  Object.freeze(apiKey.allowedIps)
  const principal = Object.freeze(toPrincipal(row, bundles))
  Object.freeze(principal.permissions)
  return {
    keyId: row.keyId,
    tenantId: row.tenantId,
    digest,
    isRevoked: row.revokedAt !== null,
    isEnabled: row.enabled,
    expiresAtMs: Date.parse(row.expiresAt),
    budgetId: row.rootKeyId ?? row.keyId,
    rateLimits: row.rateLimits,
    addresses: row.allowedIps.length === 0 ? undefined : addressList(row.allowedIps),
    apiKey,
    principal,
    usedAtMs: Date.parse(row.lastUsedAt ?? row.createdAt),
    isRecent: false,
  }
}

/** What is answered where nothing speaks against a key. */
export function accepted({ apiKey, principal }: VerifiedKey): ApiKeyDecision {
  return { valid: true, code: 'valid', apiKey, principal }
}
