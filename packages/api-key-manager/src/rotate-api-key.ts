import type { IAgent } from '@veramo/core-types'
import { currentContext, kitErrors } from '@veramo-studio/plugin-kit'
import { generateApiKeyToken } from './api-key-token.js'
import { budgetKeyOf, callerHasBudget, refuseOtherBudget } from './caller-budget.js'
import { boundBy, holdCallingKey, refuseLoosening, rowsOfChange } from './calling-key.js'
import type { ApiKeyDependencies } from './dependencies.js'
import { statusOf, toApiKey } from './describe-api-key.js'
import { apiKeyManagerErrors } from './errors.js'
import { emitApiKeyEvent } from './events.js'
import { refuseEscalation } from './find-escalation.js'
import { requireHeldApiKey } from './get-api-key.js'
import { untouched } from './make-api-key.js'
import { ownerWhereNamed } from './owner-of.js'
import { announceChange, changeApiKey, insertApiKey } from './typeorm/api-key-store.js'
import type { ApiKeyRow } from './typeorm/api-key-row.js'
import { writeAudit } from './typeorm/audit-store.js'
import type { ApiKeyManagerCreateResult, ApiKeyManagerRotateArgs } from './types/IApiKeyManager.js'

const MAX_OVERLAP_SECONDS = 30 * 24 * 3600

export async function rotateApiKey(
  dependencies: ApiKeyDependencies,
  { keyId, customerId, overlapSeconds = 0 }: ApiKeyManagerRotateArgs,
  agent: IAgent,
): Promise<ApiKeyManagerCreateResult> {
  const { database, clock, bundles, peppers, cache, usage, idle } = dependencies
  if (!Number.isInteger(overlapSeconds) || overlapSeconds < 0 || overlapSeconds > MAX_OVERLAP_SECONDS) {
    throw kitErrors.invalid_argument(`overlapSeconds must be a whole number from 0 to ${MAX_OVERLAP_SECONDS}`)
  }
  const now = await clock.now()
  const { principal } = currentContext()
  const tenantId = ownerWhereNamed(database, customerId)
  const hasBudget = await callerHasBudget(agent, principal)
  const rotated = await database.write(
    async (manager) => {
      const before = await requireHeldApiKey(manager, { keyId, tenantId }, usage)
      refuseEscalation(bundles, principal, before)
      const calling = boundBy(await holdCallingKey(manager, principal, now), principal)
      refuseLoosening(calling, before)
      if (hasBudget) refuseOtherBudget(calling, before)
      refuseEnded(before, now)
      if (statusOf(before, now, idle) === 'expired') throw expired()
      const { token, ...kept } = generateApiKeyToken(peppers, before.environment)
      const made = successorOf(before, { kept, now, latestEnd: calling?.expiresAt })
      const overlapEnd = new Date(now.getTime() + overlapSeconds * 1000).toISOString()
      const change = { replacedBy: made.keyId, expiresAt: earlier(before.expiresAt, overlapEnd) }
      if (!(await changeApiKey(manager, before, change))) refuseEnded({ ...before, ...change }, now)
      await insertApiKey(manager, made)
      const replaced = { ...before, ...change }
      await writeAudit(manager, { action: 'rotate', before, after: replaced, now })
      await writeAudit(manager, { action: 'create', before: null, after: made, now })
      await announceChange(manager, replaced)
      return { made, replaced, token }
    },
    rowsOfChange(tenantId, principal),
  )
  const { made, replaced, token } = rotated
  cache.forget(replaced.keyId)
  const apiKey = toApiKey(made, now)
  emitApiKeyEvent(agent, 'apiKeyRotated', { apiKey, replaced: toApiKey(replaced, now) })
  return { apiKey, token }
}

function refuseEnded(row: ApiKeyRow, now: Date): void {
  if (row.revokedAt !== null) throw apiKeyManagerErrors.api_key_revoked('the API key is revoked, for good')
  if (row.replacedBy !== null) {
    throw apiKeyManagerErrors.api_key_rotated(`the API key has been replaced by ${row.replacedBy}`)
  }
  if (row.expiresAt <= now.toISOString()) throw expired()
}

function expired(): Error {
  return kitErrors.conflict('the API key has expired')
}

/** Lasts as long as the old key was made to last, and no longer than the one that asks for it, where that is bounded. */
function successorOf(
  before: ApiKeyRow,
  {
    kept,
    now,
    latestEnd,
  }: { kept: { keyId: string; hash: string; pepperVersion: number }; now: Date; latestEnd?: string },
): ApiKeyRow {
  const lifeMs = Date.parse(before.expiresAt) - Date.parse(before.createdAt)
  const end = new Date(now.getTime() + lifeMs).toISOString()
  const { tenantId, name, description, environment, network, permissions, rateLimits, allowedIps, enabled } = before
  return {
    ...untouched(),
    ...{ tenantId, name, description, environment, network, permissions, rateLimits, allowedIps, enabled },
    ...kept,
    createdAt: now.toISOString(),
    expiresAt: latestEnd === undefined ? end : earlier(end, latestEnd),
    rotatedFrom: before.keyId,
    rootKeyId: before.rootKeyId ?? before.keyId,
    budgetKeyId: budgetKeyOf(before),
  }
}

function earlier(one: string, other: string): string {
  return one < other ? one : other
}
