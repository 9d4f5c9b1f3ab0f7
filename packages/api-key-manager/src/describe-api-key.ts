import { OPERATOR_TENANT_ID } from '@veramo-studio/plugin-kit'
import type { IdleRule } from './idle-rule.js'
import type { PermissionBundles } from './permission-bundles.js'
import { tokenStart } from './api-key-token.js'
import type { VerifiableRow } from './typeorm/api-key-store.js'
import type { ApiKey, ApiKeyPrincipal, ApiKeyStatus } from './types/IApiKeyManager.js'

/**
 * The first that holds: revoked, expired, disabled, active. A key has expired at the very instant of its end. Whether it
 * has by not being used is asked where a rule is given.
 */
export function statusOf(row: VerifiableRow, now: Date, idle?: IdleRule): ApiKeyStatus {
  if (row.revokedAt !== null) return 'revoked'
  // Both are of one form, in which the order of texts is that of instants.
  if (row.expiresAt <= now.toISOString()) return 'expired'
  if (idle?.isIdle(Date.parse(row.lastUsedAt ?? row.createdAt), now.getTime())) return 'expired'
  return row.enabled ? 'active' : 'disabled'
}

/** What the owner of a key may see of it. */
export function toApiKey(row: VerifiableRow, now: Date, idle?: IdleRule): ApiKey {
  return describeApiKey(row, statusOf(row, now, idle))
}

export function describeApiKey(row: VerifiableRow, status: ApiKeyStatus): ApiKey {
  return {
    keyId: row.keyId,
    customerId: row.tenantId,
    name: row.name,
    description: row.description,
    environment: row.environment,
    network: row.network,
    start: row.tokenPrefix ?? tokenStart(row.environment, row.keyId),
    enabled: row.enabled,
    status,
    permissions: row.permissions,
    rateLimits: row.rateLimits,
    allowedIps: row.allowedIps,
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    lastUsedAt: row.lastUsedAt,
    rotatedFrom: row.rotatedFrom,
  }
}

/** Who calls with a key. */
export function toPrincipal(row: VerifiableRow, bundles: PermissionBundles): ApiKeyPrincipal {
  const principal: ApiKeyPrincipal = {
    tenantId: row.tenantId,
    role: row.tenantId === OPERATOR_TENANT_ID ? 'operator' : 'customer',
    keyId: row.keyId,
    permissions: bundles.expand(row.permissions),
    environment: row.environment,
  }
  if (row.network !== null) principal.network = row.network
  if (row.rootKeyId !== null) principal.rootKeyId = row.rootKeyId
  return principal
}
