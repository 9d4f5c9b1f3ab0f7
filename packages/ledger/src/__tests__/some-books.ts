import { CREDIT, leg, OUTSIDE, type OpenLedger } from './open-ledger.js'

/**
 * The same books for t1 and t2. Entries: 1 funds; 2-3 hold h1, 4-6 settle it; 7 holds h2, 8 voids it; 9 holds h3, 10 expires
 * it; 11 holds h4, which stays pending.
 */
export async function writeSomeBooks({ database, ledger, clock }: OpenLedger): Promise<void> {
  await database.write(
    async (manager) => {
      for (const tenantId of ['t1', 't2']) {
        const hold = (transferId: string, ...amounts: bigint[]) => {
          const legs = amounts.map((amount) => leg(CREDIT, 'revenue', amount))
          const expiresAt = clock.now().toISOString()
          return ledger.hold(manager, { tenantId, transferId, legs, expiresAt, metadata: { of: transferId } })
        }
        await ledger.post(manager, { tenantId, transferId: 'fund', legs: [leg(OUTSIDE, CREDIT, 100n)] })
        await hold('h1', 10n, 20n)
        await ledger.settle(manager, { tenantId, transferId: 'h1', amounts: [4n, 20n] })
        await hold('h2', 5n)
        await ledger.void(manager, { tenantId, transferId: 'h2' })
        await hold('h3', 6n)
        await ledger.expire(manager, { tenantId, transferId: 'h3' })
        await hold('h4', 7n)
      }
    },
    { acrossTenants: true },
  )
}
