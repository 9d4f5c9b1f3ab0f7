import type { Database } from '@veramo-studio/plugin-kit'
import { isDisowned, readBroadcasts } from './typeorm/broadcast-store.js'
import type { ReservationReference } from './typeorm/reservation-store.js'
import type { SentTransaction } from './types/IBillingManager.js'

/** What a call was about to send that has ended, while what became of it is not known. */
export async function pendingTransaction(
  database: Database,
  reference: ReservationReference,
): Promise<SentTransaction | undefined> {
  return database.read(
    async (manager) => {
      if (!(await isDisowned(manager, reference))) return undefined
      const latest = (await readBroadcasts(manager, reference)).at(-1)
      return latest && { network: latest.network, txHash: latest.txHash }
    },
    { tenantId: reference.tenantId },
  )
}
