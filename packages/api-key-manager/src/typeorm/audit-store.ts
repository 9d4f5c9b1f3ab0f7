import { currentContext, randomString } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { toApiKey } from '../describe-api-key.js'
import { ApiKeyAuditRow } from './api-key-audit-row.js'
import type { ApiKeyRow } from './api-key-row.js'

export interface AuditedChange {
  action: 'create' | 'update' | 'rotate' | 'revoke'
  /** Null for a new key. */
  before: ApiKeyRow | null
  after: ApiKeyRow
  now: Date
}

const AUDIT_ID_LENGTH = 20

/** Writes a change down, in the write that makes it. A key is described as its owner may see it: no hash is among it. */
export async function writeAudit(manager: EntityManager, { action, before, after, now }: AuditedChange): Promise<void> {
  const { principal } = currentContext()
  const describe = (row: ApiKeyRow) => JSON.stringify({ ...toApiKey(row, now), revokedReason: row.revokedReason })
  await manager.insert(ApiKeyAuditRow, {
    tenantId: after.tenantId,
    auditId: randomString(AUDIT_ID_LENGTH),
    keyId: after.keyId,
    action,
    actorKeyId: principal?.keyId ?? null,
    actorRole: principal?.role ?? 'service',
    before: before && describe(before),
    after: describe(after),
    createdAt: now.toISOString(),
  })
}
