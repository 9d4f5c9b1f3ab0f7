import { kitErrors, type Principal, type RowsOptions } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { isWithinRanges } from './allowed-ips.js'
import { statusOf } from './describe-api-key.js'
import { isBounded } from './find-escalation.js'
import type { ApiKeyRow } from './typeorm/api-key-row.js'
import { holdApiKey } from './typeorm/api-key-store.js'

/**
 * The key that asks for a change, where a key does. It is read in the write itself: once it is revoked, nothing comes of
 * what it asked for.
 */
export async function holdCallingKey(
  manager: EntityManager,
  principal: Principal | undefined,
  now: Date,
): Promise<ApiKeyRow | undefined> {
  if (principal?.keyId === undefined) return undefined
  const calling = await holdApiKey(manager, { keyId: principal.keyId, tenantId: undefined })
  if (calling === null || statusOf(calling, now) !== 'active') {
    throw kitErrors.permission_denied('the calling key can no longer be used')
  }
  return calling
}

/** What a change of a key touches: an operator's own key too, which asks for it and is in no tenant. */
export function rowsOfChange(tenantId: string | undefined, principal: Principal | undefined): RowsOptions {
  return { tenantId, acrossTenants: tenantId === undefined || principal?.role === 'operator' }
}

/** The key that bounds what it asks for; undefined where the caller is free. */
export function boundBy(calling: ApiKeyRow | undefined, principal: Principal | undefined): ApiKeyRow | undefined {
  return principal !== undefined && isBounded(principal) ? calling : undefined
}

/** Throws `permission_denied` for a key that would be held to less than the one that asks for it. */
export function refuseLoosening(
  calling: ApiKeyRow | undefined,
  asked: Pick<ApiKeyRow, 'rateLimits' | 'allowedIps'>,
): void {
  if (calling === undefined) return
  const lifted = calling.rateLimits.find((own) => !asked.rateLimits.some((each) => isSame(own, each)))
  if (lifted !== undefined) throw kitErrors.permission_denied(`the calling key is held to the limit ${lifted.name}`)
  if (calling.allowedIps.length === 0) return
  const isElsewhere = (range: string) => !isWithinRanges(range, calling.allowedIps)
  if (asked.allowedIps.length === 0 || asked.allowedIps.some(isElsewhere)) {
    throw kitErrors.permission_denied(`the calling key is bound to ${calling.allowedIps.join(', ')}`)
  }
}

function isSame(one: ApiKeyRow['rateLimits'][number], other: ApiKeyRow['rateLimits'][number]): boolean {
  const told = ({ name, limit, windowMs, scope, methods }: typeof one) =>
    [name, limit, windowMs, scope, ...methods].join()
  return told(one) === told(other)
}
