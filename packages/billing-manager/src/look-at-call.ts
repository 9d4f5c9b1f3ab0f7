import type { Database } from '@veramo-studio/plugin-kit'
import { readBroadcasts } from './typeorm/broadcast-store.js'
import { readReservationState, type ReservationReference } from './typeorm/reservation-store.js'
import type { MadeThing, ReservationState, SentTransaction } from './types/IBillingManager.js'

/** How a call stands that has marked a transaction. */
export interface CallEnd {
  /** Undefined where there is no such reservation. */
  state: ReservationState['state'] | undefined
  /** What it has made, where the chain has told. */
  made: MadeThing[]
  /** The latest that it was about to send. */
  transaction: SentTransaction | undefined
}

export async function lookAtCall(database: Database, reference: ReservationReference): Promise<CallEnd> {
  return database.read(
    async (manager) => {
      const state = await readReservationState(manager, reference)
      const broadcasts = await readBroadcasts(manager, reference)
      const latest = broadcasts.at(-1)
      return {
        state,
        made: broadcasts.find(({ outcome }) => outcome === 'settled')?.made ?? [],
        transaction: latest && { network: latest.network, txHash: latest.txHash },
      }
    },
    { tenantId: reference.tenantId },
  )
}
