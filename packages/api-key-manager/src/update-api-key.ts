import type { IAgent } from '@veramo/core-types'
import { currentContext, kitErrors, type Principal } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { callerHasBudget, refuseOtherBudget } from './caller-budget.js'
import { boundBy, holdCallingKey, refuseLoosening, rowsOfChange } from './calling-key.js'
import { checkKeyChange } from './check-key-request.js'
import type { ApiKeyDependencies } from './dependencies.js'
import { toApiKey } from './describe-api-key.js'
import { apiKeyManagerErrors } from './errors.js'
import { emitApiKeyEvent } from './events.js'
import { refuseEscalation } from './find-escalation.js'
import { requireHeldApiKey } from './get-api-key.js'
import { ownerWhereNamed } from './owner-of.js'
import { announceChange, changeApiKey, type ApiKeyChange } from './typeorm/api-key-store.js'
import type { ApiKeyRow } from './typeorm/api-key-row.js'
import { writeAudit } from './typeorm/audit-store.js'
import type { ApiKey, ApiKeyManagerUpdateArgs } from './types/IApiKeyManager.js'

export async function updateApiKey(
  dependencies: ApiKeyDependencies,
  args: ApiKeyManagerUpdateArgs,
  agent: IAgent,
): Promise<ApiKey> {
  const { database, clock, networks, bundles, cache, usage, idle } = dependencies
  const now = await clock.now()
  const { principal } = currentContext()
  const { keyId, customerId } = args
  const tenantId = ownerWhereNamed(database, customerId)
  const hasBudget = await callerHasBudget(agent, principal)
  const row = await database.write(
    async (manager) => {
      const before = await requireHeldApiKey(manager, { keyId, tenantId }, usage)
      const change = checkKeyChange(args, { now, networks, environment: before.environment })
      const after = { ...before, ...change }
      refuseEscalation(bundles, principal, after)
      await refuseBeyondCaller(manager, { principal, hasBudget, change, after, now })
      await applyChange(manager, { before, change })
      await writeAudit(manager, { action: 'update', before, after, now })
      await announceChange(manager, after)
      return after
    },
    rowsOfChange(tenantId, principal),
  )
  cache.forget(row.keyId)
  const apiKey = toApiKey(row, now, idle)
  emitApiKeyEvent(agent, 'apiKeyUpdated', { apiKey })
  return apiKey
}

async function refuseBeyondCaller(
  manager: EntityManager,
  asked: { principal: Principal | undefined; hasBudget: boolean; change: ApiKeyChange; after: ApiKeyRow; now: Date },
): Promise<void> {
  const { principal, hasBudget, change, after, now } = asked
  const calling = boundBy(await holdCallingKey(manager, principal, now), principal)
  if (calling !== undefined && change.expiresAt !== undefined && change.expiresAt > calling.expiresAt) {
    throw kitErrors.permission_denied(`the calling key ends at ${calling.expiresAt}`)
  }
  refuseLoosening(calling, after)
  if (hasBudget) refuseOtherBudget(calling, after)
}

async function applyChange(
  manager: EntityManager,
  { before, change }: { before: ApiKeyRow; change: ApiKeyChange },
): Promise<void> {
  if (before.revokedAt !== null) throw apiKeyManagerErrors.api_key_revoked('the API key is revoked, for good')
  if (before.replacedBy !== null && change.expiresAt !== undefined) {
    throw apiKeyManagerErrors.api_key_rotated(`the API key has been replaced by ${before.replacedBy}`)
  }
  // A new end is warned of anew.
  const renewed = change.expiresAt === undefined ? {} : { expiryWarnedAt: null }
  const changed = await changeApiKey(manager, before, { ...change, ...renewed })
  if (!changed) throw apiKeyManagerErrors.api_key_revoked('the API key is revoked, for good')
}
