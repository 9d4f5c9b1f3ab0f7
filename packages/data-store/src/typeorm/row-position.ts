import type { EntityManager } from 'typeorm'
import type { CredentialRow } from './credential-row.js'
import type { DidRow } from './did-row.js'
import type { KeyRow } from './key-row.js'

/** The place of a new row at the end of what its tenant has. Two processes may give out the same: then keys decide. */
export async function nextPosition(
  manager: EntityManager,
  entity: typeof CredentialRow | typeof DidRow | typeof KeyRow,
  tenantId: string,
): Promise<number> {
  const last = await manager.maximum<CredentialRow | DidRow | KeyRow>(entity, 'position', { tenantId })
  return (last ?? 0) + 1
}

/** The same as an expression of SQL, whose one parameter is the tenant. */
export function nextPositionIn(table: string): string {
  return `(SELECT COALESCE(MAX("position"), 0) + 1 FROM "${table}" WHERE "tenantId" = ?)`
}
