import { currentContext, kitErrors, parsePageArgs, rowsOf, toPage, type Database } from '@veramo-studio/plugin-kit'
import type { SelectQueryBuilder } from 'typeorm'
import { isPrintable } from './parse-text.js'
import { parsePeriod } from './parse-period.js'
import { requireAccount } from './typeorm/account-store.js'
import { AuditRow } from './typeorm/audit-row.js'
import type { AccountManagerListAuditLogArgs, AuditEntry, AuditLogPage } from './types/AuditLog.js'

export async function listAuditLog(
  { database }: { database: Database },
  args: AccountManagerListAuditLogArgs,
): Promise<AuditLogPage> {
  const tenantId = whose(database, args.customerId)
  const { limit, after } = parsePageArgs(args)
  const { from, to } = parsePeriod(args)
  return database.read(async (manager) => {
    if (tenantId !== undefined) await requireAccount(manager, tenantId)
    const query = manager
      .createQueryBuilder(AuditRow, 'entry')
      .orderBy('entry.createdAt', 'DESC')
      .addOrderBy('entry.entryId', 'DESC')
      .limit(limit + 1)
    narrow(query, { tenantId, action: args.action, from, to })
    if (after !== undefined) {
      query.andWhere('(entry.createdAt < :createdAt OR (entry.createdAt = :createdAt AND entry.entryId < :id))', after)
    }
    return toPage(await query.getMany(), limit, {
      position: (row) => ({ createdAt: row.createdAt, id: row.entryId }),
      item: toEntry,
    })
  }, rowsOf(tenantId))
}

interface Filters {
  tenantId: string | undefined
  action: string | undefined
  from: string | undefined
  to: string | undefined
}

function narrow(query: SelectQueryBuilder<AuditRow>, { tenantId, action, from, to }: Filters): void {
  if (tenantId !== undefined) query.andWhere('entry.tenantId = :tenantId', { tenantId })
  if (action !== undefined) query.andWhere('entry.action = :action', { action })
  if (from !== undefined) query.andWhere('entry.createdAt >= :from', { from })
  if (to !== undefined) query.andWhere('entry.createdAt < :to', { to })
}

/** Undefined: all customers', for operators who are in no tenant and name none. */
function whose(database: Database, named: string | undefined): string | undefined {
  if (named === undefined && database.scope()?.kind !== 'tenant') return undefined
  const customerId = database.customerId(named)
  if (!isPrintable(customerId)) throw kitErrors.not_found('customer not found')
  return customerId
}

/** Which of its keys an operator used is no business of a customer's. */
function toEntry(row: AuditRow): AuditEntry {
  const { tenantId, entryId, action, actorRole, actorKeyId, before, after, reason, createdAt } = row
  const isHidden = currentContext().principal?.role === 'customer' && actorRole !== 'customer'
  return {
    ...{ entryId, customerId: tenantId, action },
    actor: { role: actorRole, keyId: isHidden ? null : actorKeyId },
    ...{ before, after, reason, createdAt },
  }
}
