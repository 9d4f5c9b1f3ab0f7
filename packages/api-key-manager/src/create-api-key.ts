import type { IAgent } from '@veramo/core-types'
import { currentContext, kitErrors, OPERATOR_TENANT_ID, type Database, type Principal } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { generateApiKeyToken } from './api-key-token.js'
import { checkKeyRequest, type KeyRequest } from './check-key-request.js'
import type { ApiKeyDependencies } from './dependencies.js'
import { statusOf, toApiKey } from './describe-api-key.js'
import { findEscalation, isBounded } from './find-escalation.js'
import { ownerOf } from './owner-of.js'
import type { ApiKeyRow } from './typeorm/api-key-row.js'
import { findAndHoldApiKey, insertApiKey } from './typeorm/api-key-store.js'
import type { ApiKeyManagerCreateArgs, ApiKeyManagerCreateResult } from './types/IApiKeyManager.js'

export async function createApiKey(
  { database, peppers, clock, networks, customers }: ApiKeyDependencies,
  args: ApiKeyManagerCreateArgs,
  agent: IAgent,
): Promise<ApiKeyManagerCreateResult> {
  const now = clock.now()
  const { principal } = currentContext()
  const request = checkKeyRequest(args, { now, networks })
  const tenantId = ownerOf(database, args.customerId)
  refuseEscalation(principal, request)
  await requireCustomer(database, tenantId, agent)
  const { token, ...kept } = generateApiKeyToken(peppers, request.environment)
  const row = await database.write(
    async (manager) => {
      if (tenantId !== OPERATOR_TENANT_ID) await customers?.hold(manager, tenantId)
      const expiresAt = await endOf(manager, request, { principal, now })
      const made: ApiKeyRow = {
        ...untouched(),
        ...request,
        ...kept,
        tenantId,
        createdAt: now.toISOString(),
        expiresAt,
      }
      await insertApiKey(manager, made)
      return made
    },
    { tenantId },
  )
  return { apiKey: toApiKey(row, now), token }
}

function refuseEscalation(principal: Principal | undefined, request: KeyRequest): void {
  const escalation = principal && findEscalation(principal, request)
  if (escalation === undefined) return
  const { reason, permission } = escalation
  throw kitErrors.permission_denied(reason, permission === undefined ? {} : { extensions: { permission } })
}

/** Where there are accounts, an operator's slip of the pen makes no key for a customer that does not exist. */
async function requireCustomer(database: Database, tenantId: string, agent: IAgent): Promise<void> {
  if (tenantId === OPERATOR_TENANT_ID || database.scope()?.kind === 'tenant') return
  if (!agent.availableMethods().includes('accountManagerGet')) return
  await agent.execute('accountManagerGet', { customerId: tenantId })
}

/** When the new key ends. The calling key is read in the write itself: once it is revoked, nothing comes of it. */
async function endOf(
  manager: EntityManager,
  request: KeyRequest,
  { principal, now }: { principal: Principal | undefined; now: Date },
): Promise<string> {
  const wanted = request.expiresAt ?? oneYearAfter(now)
  if (principal?.keyId === undefined) return wanted
  const calling = await findAndHoldApiKey(manager, principal.keyId)
  if (calling === null || statusOf(calling, now) !== 'active') {
    throw kitErrors.permission_denied('the calling key can no longer be used')
  }
  if (!isBounded(principal) || wanted <= calling.expiresAt) return wanted
  if (request.expiresAt === undefined) return calling.expiresAt
  throw kitErrors.permission_denied(`the calling key ends at ${calling.expiresAt}`)
}

function oneYearAfter(now: Date): string {
  const end = new Date(now)
  end.setUTCFullYear(end.getUTCFullYear() + 1)
  return end.toISOString()
}

/** What a key has before anyone uses or changes it. */
function untouched() {
  return {
    enabled: true,
    rateLimits: [],
    allowedIps: [],
    lastUsedAt: null,
    rotatedFrom: null,
    revokedAt: null,
    revokedReason: null,
  } satisfies Partial<ApiKeyRow>
}
