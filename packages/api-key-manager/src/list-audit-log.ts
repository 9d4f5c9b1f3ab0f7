import { currentContext, kitErrors, parsePageArgs, toPage, rowsOf } from '@veramo-studio/plugin-kit'
import { isKeyId } from './api-key-token.js'
import { checkInstant } from './check-key-request.js'
import { checkPosition } from './check-position.js'
import type { ApiKeyDependencies } from './dependencies.js'
import { requireApiKey } from './get-api-key.js'
import { ownerWhereNamed } from './owner-of.js'
import type { ApiKeyAuditRow } from './typeorm/api-key-audit-row.js'
import { findAuditPage, isAuditId } from './typeorm/audit-store.js'
import type {
  ApiKeyAuditAction,
  ApiKeyAuditActor,
  ApiKeyAuditEntry,
  ApiKeyAuditLogPage,
  ApiKeyAuditValues,
  ApiKeyManagerListAuditLogArgs,
} from './types/ApiKeyAuditLog.js'

export async function listAuditLog(
  { database }: ApiKeyDependencies,
  args: ApiKeyManagerListAuditLogArgs,
): Promise<ApiKeyAuditLogPage> {
  const tenantId = ownerWhereNamed(database, args.customerId)
  const { limit, after } = parsePageArgs(args)
  if (after !== undefined) checkPosition(after, isAuditId)
  const { keyId, action } = args
  if (keyId !== undefined && !isKeyId(keyId)) throw kitErrors.not_found('API key not found')
  const query = { tenantId, keyId, action, ...periodOf(args), limit, after }
  const rows = await database.read(async (manager) => {
    const found = await findAuditPage(manager, query)
    // The log of a key that is gone can be read; a key that never was is not told from another customer's.
    const isOfNobody = found.length === 0 && keyId !== undefined
    if (isOfNobody && (await findAuditPage(manager, { tenantId, keyId, limit: 0 })).length === 0) {
      await requireApiKey(manager, { keyId, tenantId })
    }
    return found
  }, rowsOf(tenantId))
  return toPage(rows, limit, {
    position: ({ createdAt, auditId }) => ({ createdAt, id: auditId }),
    item: toEntry,
  })
}

function periodOf({ from, to }: ApiKeyManagerListAuditLogArgs): { from?: string; to?: string } {
  const period = {
    ...(from !== undefined && { from: checkInstant('from', from).toISOString() }),
    ...(to !== undefined && { to: checkInstant('to', to).toISOString() }),
  }
  if (period.from !== undefined && period.to !== undefined && period.from > period.to) {
    throw kitErrors.invalid_argument('from must not be after to')
  }
  return period
}

/** Which of its keys an operator used is no business of a customer's. */
function toEntry(row: ApiKeyAuditRow): ApiKeyAuditEntry {
  const { revokedReason, ...after } = JSON.parse(row.after) as ApiKeyAuditValues
  const before = row.before === null ? null : (JSON.parse(row.before) as ApiKeyAuditValues)
  const isHidden = currentContext().principal?.role === 'customer' && row.actorRole !== 'customer'
  return {
    ...{ entryId: row.auditId, customerId: row.tenantId, keyId: row.keyId },
    action: row.action as ApiKeyAuditAction,
    actor: { role: roleOf(row), keyId: isHidden ? null : row.actorKeyId },
    ...(before === null ? { before, after } : differences(before, after)),
    reason: typeof revokedReason === 'string' ? revokedReason : null,
    createdAt: row.createdAt,
  }
}

/** Rows call the operator's own code `service`. */
function roleOf({ actorRole }: ApiKeyAuditRow): ApiKeyAuditActor['role'] {
  return actorRole === 'customer' || actorRole === 'operator' ? actorRole : 'code'
}

/** The members of two states that differ, with their values in each. */
function differences(before: ApiKeyAuditValues, after: ApiKeyAuditValues) {
  const changed = Object.keys(after).filter(
    (member) => JSON.stringify(before[member]) !== JSON.stringify(after[member]),
  )
  const pick = (values: ApiKeyAuditValues): ApiKeyAuditValues =>
    Object.fromEntries(changed.map((member) => [member, values[member] ?? null]))
  return { before: pick(before), after: pick(after) }
}
