import { BASE36, currentContext, randomString, type PagePosition } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { toApiKey } from '../describe-api-key.js'
import { ApiKeyAuditRow } from './api-key-audit-row.js'
import type { ApiKeyRow } from './api-key-row.js'

export interface AuditedChange {
  action: 'create' | 'import' | 'update' | 'rotate' | 'revoke'
  /** Null for a new key. */
  before: ApiKeyRow | null
  after: ApiKeyRow
  now: Date
}

/** What is left out narrows nothing. */
export interface AuditQuery {
  tenantId?: string | undefined
  keyId?: string | undefined
  action?: string | undefined
  from?: string | undefined
  to?: string | undefined
  after?: PagePosition | undefined
  limit: number
}

const COUNT_LENGTH = 6
const RANDOM_LENGTH = 14
const BASE = 36
const AUDIT_ID = /^[0-9A-Za-z]{20}$/

let written = 0

/** Entries of one process are in order also where they have the same time. */
function nextAuditId(): string {
  written = (written + 1) % BASE ** COUNT_LENGTH
  return written.toString(BASE).padStart(COUNT_LENGTH, '0') + randomString(RANDOM_LENGTH, BASE36)
}

export function isAuditId(text: string): boolean {
  return AUDIT_ID.test(text)
}

/** Writes a change down, in the write that makes it. A key is described as its owner may see it: no hash is among it. */
export async function writeAudit(manager: EntityManager, { action, before, after, now }: AuditedChange): Promise<void> {
  const { principal } = currentContext()
  const describe = (row: ApiKeyRow) => JSON.stringify({ ...toApiKey(row, now), revokedReason: row.revokedReason })
  await manager.insert(ApiKeyAuditRow, {
    tenantId: after.tenantId,
    auditId: nextAuditId(),
    keyId: after.keyId,
    action,
    actorKeyId: principal?.keyId ?? null,
    actorRole: principal?.role ?? 'service',
    before: before && describe(before),
    after: describe(after),
    createdAt: now.toISOString(),
  })
}

/** A page of the changes, newest first, and one row more where there is a next page. */
export async function findAuditPage(manager: EntityManager, query: AuditQuery): Promise<ApiKeyAuditRow[]> {
  const { tenantId, keyId, action, from, to, after, limit } = query
  const builder = manager
    .createQueryBuilder(ApiKeyAuditRow, 'entry')
    .orderBy('entry.createdAt', 'DESC')
    .addOrderBy('entry.auditId', 'DESC')
    .limit(limit + 1)
  if (tenantId !== undefined) builder.andWhere('entry.tenantId = :tenantId', { tenantId })
  if (keyId !== undefined) builder.andWhere('entry.keyId = :keyId', { keyId })
  if (action !== undefined) builder.andWhere('entry.action = :action', { action })
  if (from !== undefined) builder.andWhere('entry.createdAt >= :from', { from })
  if (to !== undefined) builder.andWhere('entry.createdAt < :to', { to })
  if (after !== undefined) {
    builder.andWhere('(entry.createdAt, entry.auditId) < (:createdAt, :id)', { ...after })
  }
  return builder.getMany()
}
