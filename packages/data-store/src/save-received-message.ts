import type { Clock, Database } from '@veramo-studio/plugin-kit'
import type { IMessage } from '@veramo/core-types'
import type { EntityManager } from 'typeorm'
import { toMessageRecord } from './message-record.js'
import { attach } from './save-message.js'
import { isStorableName } from './storable-text.js'
import { addDids } from './typeorm/add-dids.js'
import { insertRowOnce } from './typeorm/write-rows.js'

/** Tells whether a customer may get another message. `OpenAccounts` of `@veramo-studio/account-manager` does. */
export interface CustomerGate {
  /**
   * Rejects where it may not; else it stays so until the write of this manager ends. Called before the write locks
   * anything else.
   */
  hold(manager: EntityManager, tenantId: string): Promise<void>
}

export interface ReceivingParts {
  database: Database
  clock: Clock
  /** Default: every tenant may. */
  customers?: CustomerGate | undefined
}

/**
 * Stores a message from outside, and returns its id. Ids are the sender's choice, so what is stored stays as it is: a
 * message that arrives again changes nothing, and one of another sender under the same id is not stored. Then the result
 * is undefined.
 */
export async function saveReceivedMessage(
  { database, clock, customers }: ReceivingParts,
  message: IMessage,
): Promise<string | undefined> {
  const tenantId = database.tenantId()
  const record = toMessageRecord(message, database.engine)
  const { id, columns, dids } = record
  const now = clock.now().toISOString()
  const isNew = await database.write(async (manager) => {
    await customers?.hold(manager, tenantId)
    const row = { tenantId, id, ...columns, savedAt: now }
    if (!(await insertRowOnce(manager, { table: 'studio_message', row }))) return false
    await addDids(manager, { tenantId, dids, now })
    await attach(manager, { tenantId, now }, record)
    return true
  })
  return isNew || (await findReceived(database, { id, from: message.from })) === 'same' ? id : undefined
}

const SENDER = 'SELECT "fromDid" FROM "studio_message" WHERE "tenantId" = ? AND "id" = ?'

/** What the tenant has under the id of a message from outside: nothing, that message, or one of another sender. */
export async function findReceived(
  database: Database,
  { id, from }: { id: string; from: string | undefined },
): Promise<'none' | 'same' | 'other'> {
  if (!isStorableName(id)) return 'none'
  const [stored] = await database.readRows<{ fromDid: string | null }>(SENDER, [database.tenantId(), id])
  if (stored === undefined) return 'none'
  return stored.fromDid === (from ?? null) ? 'same' : 'other'
}
