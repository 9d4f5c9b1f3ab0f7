import { currentCallId, type Clock, type Database } from '@veramo-studio/plugin-kit'
import type { IDataStoreSaveMessageArgs } from '@veramo/core-types'
import type { EntityManager } from 'typeorm'
import { toMessageRecord, type MessageRecord } from './message-record.js'
import { storeCredentials, type Storing } from './store-credentials.js'
import { storePresentations } from './store-presentations.js'
import { addDids } from './typeorm/add-dids.js'
import { deleteRows, insertRows, upsertRow } from './typeorm/write-rows.js'

/**
 * Stores a message with its credentials and presentations, and returns its id. Of a message that is stored already, what
 * is left out stays as it is.
 */
export async function saveMessage(
  { database, clock }: { database: Database; clock: Clock },
  { message }: IDataStoreSaveMessageArgs,
): Promise<string> {
  const tenantId = database.tenantId()
  const record = toMessageRecord(message, database.engine)
  const now = clock.now().toISOString()
  await database.write(async (manager) => {
    await addDids(manager, { tenantId, dids: record.dids, now })
    await storeMessage(manager, { tenantId, now }, record)
  })
  return record.id
}

async function storeMessage(manager: EntityManager, storing: Storing, record: MessageRecord): Promise<void> {
  const { tenantId, now } = storing
  const { id, columns } = record
  const row = { ...columns, callId: currentCallId() }
  await upsertRow(manager, {
    table: 'studio_message',
    row: { tenantId, id, ...row, savedAt: now },
    key: ['tenantId', 'id'],
    replaced: Object.keys(row),
  })
  await attach(manager, storing, record)
}

/** Stores what comes with a message. */
export async function attach(manager: EntityManager, storing: Storing, record: MessageRecord): Promise<void> {
  const { id, credentials, presentations } = record
  const { tenantId } = storing
  const ofMessage = { tenantId, messageId: id }
  if (credentials !== undefined) {
    await storeCredentials(manager, storing, credentials)
    await deleteRows(manager, 'studio_message_credential', ofMessage)
    const links = credentials.hashes.map((credentialHash, position) => ({ ...ofMessage, credentialHash, position }))
    await insertRows(manager, 'studio_message_credential', links)
  }
  if (presentations !== undefined) {
    await storePresentations(manager, storing, presentations)
    await deleteRows(manager, 'studio_message_presentation', ofMessage)
    const links = presentations.map(({ columns: { hash: presentationHash } }, position) => ({
      ...{ ...ofMessage, presentationHash, position },
    }))
    await insertRows(manager, 'studio_message_presentation', links)
  }
}
