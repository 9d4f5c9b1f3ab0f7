import type { IAgent } from '@veramo/core-types'
import { currentContext, kitErrors, OPERATOR_TENANT_ID, type Database } from '@veramo-studio/plugin-kit'
import { boundBy, holdCallingKey, refuseLoosening, rowsOfChange } from './calling-key.js'
import { budgetKeyOf, callerHasBudget } from './caller-budget.js'
import type { KeyRequest } from './check-key-request.js'
import type { ApiKeyDependencies } from './dependencies.js'
import { toApiKey } from './describe-api-key.js'
import { emitApiKeyEvent } from './events.js'
import { refuseEscalation } from './find-escalation.js'
import { writeAudit } from './typeorm/audit-store.js'
import type { ApiKeyRow } from './typeorm/api-key-row.js'
import { insertApiKey } from './typeorm/api-key-store.js'
import type { ApiKey } from './types/IApiKeyManager.js'

/** A key that is to be made, and what is kept of its token. */
export interface KeyToMake {
  tenantId: string
  request: KeyRequest
  kept: Pick<ApiKeyRow, 'keyId' | 'hash' | 'pepperVersion' | 'tokenPrefix'>
  now: Date
  action: 'create' | 'import'
}

/** Makes a key that may do no more than the one that asks for it. */
export async function makeApiKey(
  dependencies: ApiKeyDependencies,
  { tenantId, request, kept, now, action }: KeyToMake,
  agent: IAgent,
): Promise<ApiKey> {
  const { database, bundles, customers } = dependencies
  const { principal } = currentContext()
  refuseEscalation(bundles, principal, request)
  await requireCustomer(database, tenantId, agent)
  const sharesBudget = await callerHasBudget(agent, principal)
  const row = await database.write(
    async (manager) => {
      if (tenantId !== OPERATOR_TENANT_ID) await customers?.hold(manager, tenantId)
      const calling = boundBy(await holdCallingKey(manager, principal, now), principal)
      const made: ApiKeyRow = {
        ...untouched(),
        ...request,
        ...kept,
        ...inherited(calling, request),
        ...(calling !== undefined && sharesBudget && { budgetKeyId: budgetKeyOf(calling) }),
        tenantId,
        createdAt: now.toISOString(),
        expiresAt: endOf(request, calling, now),
      }
      refuseLoosening(calling, made)
      await insertApiKey(manager, made)
      await writeAudit(manager, { action, before: null, after: made, now })
      return made
    },
    rowsOfChange(tenantId, principal),
  )
  const apiKey = toApiKey(row, now)
  emitApiKeyEvent(agent, 'apiKeyCreated', { apiKey })
  return apiKey
}

/** Where there are accounts, an operator's slip of the pen makes no key for a customer that does not exist. */
async function requireCustomer(database: Database, tenantId: string, agent: IAgent): Promise<void> {
  if (tenantId === OPERATOR_TENANT_ID || database.scope()?.kind === 'tenant') return
  if (!agent.availableMethods().includes('accountManagerGet')) return
  await agent.execute('accountManagerGet', { customerId: tenantId })
}

/** A key that is limited makes keys that draw on its budget, and from where it may be used itself. */
function inherited(
  calling: ApiKeyRow | undefined,
  { rateLimits, allowedIps }: KeyRequest,
): Partial<Pick<ApiKeyRow, 'rateLimits' | 'allowedIps' | 'rootKeyId'>> {
  if (calling === undefined) return {}
  const own = calling.rateLimits.filter(({ name }) => !rateLimits.some((each) => each.name === name))
  return {
    rateLimits: [...own, ...rateLimits],
    allowedIps: allowedIps.length === 0 ? calling.allowedIps : allowedIps,
    ...(calling.rateLimits.length > 0 && { rootKeyId: calling.rootKeyId ?? calling.keyId }),
  }
}

/** When the new key ends. */
function endOf(request: KeyRequest, calling: ApiKeyRow | undefined, now: Date): string {
  const wanted = request.expiresAt ?? oneYearAfter(now)
  if (calling === undefined || wanted <= calling.expiresAt) return wanted
  if (request.expiresAt === undefined) return calling.expiresAt
  throw kitErrors.permission_denied(`the calling key ends at ${calling.expiresAt}`)
}

function oneYearAfter(now: Date): string {
  const end = new Date(now)
  end.setUTCFullYear(end.getUTCFullYear() + 1)
  return end.toISOString()
}

/** What a key has before anyone uses or changes it. */
export function untouched() {
  return {
    enabled: true,
    lastUsedAt: null,
    rotatedFrom: null,
    revokedAt: null,
    revokedReason: null,
    rootKeyId: null,
    tokenPrefix: null,
    budgetKeyId: null,
    replacedBy: null,
    expiryWarnedAt: null,
    idleWarnedAt: null,
  } satisfies Partial<ApiKeyRow>
}
