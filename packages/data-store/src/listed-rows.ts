import type { Database } from '@veramo-studio/plugin-kit'

/**
 * Which rows a list shows: those of the tenant that is served, or everybody's inside `runAsOperator`. Rejects with
 * `tenant_required` where neither is the case.
 */
export function listedRows(database: Database): { tenantId?: string } {
  return database.scope()?.kind === 'operator' ? {} : { tenantId: database.tenantId() }
}
