import type { EntityManager } from 'typeorm'
import { assertIdentifier } from './check-request.js'
import type { LedgerDeps } from './start-transfer.js'
import { bookStoreOf } from './typeorm/book-store.js'
import { closeChain } from './typeorm/chain-store.js'

/** From here on the tenant's turn is ours: what is read next in this write, nobody changes before it ends. */
export async function closeBooks({ clock }: LedgerDeps, manager: EntityManager, tenantId: string): Promise<void> {
  assertIdentifier(tenantId, 'tenantId')
  const store = bookStoreOf(manager)
  await store.begin(manager, [tenantId])
  const { chains } = await store.open(manager, [tenantId], [])
  if (chains[0]?.closedAt === null) await closeChain(manager, tenantId, clock.now().toISOString())
}
