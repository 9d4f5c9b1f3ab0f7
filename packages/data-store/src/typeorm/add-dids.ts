import type { EntityManager } from 'typeorm'
import { DidRow } from './did-row.js'
import { nextPosition } from './row-position.js'

export interface DidsToAdd {
  tenantId: string
  dids: string[]
  /** ISO 8601, UTC. */
  now: string
}

/** Adds rows for those DIDs that the tenant has none of. They are known, and not managed, until they get a provider. */
export async function addDids(manager: EntityManager, { tenantId, dids, now }: DidsToAdd): Promise<void> {
  const first = await nextPosition(manager, DidRow, tenantId)
  const rows = [...new Set(dids)].map((did, index) => ({
    tenantId,
    did,
    position: first + index,
    createdAt: now,
    updatedAt: now,
  }))
  await manager.createQueryBuilder().insert().into(DidRow).values(rows).orIgnore().updateEntity(false).execute()
}
