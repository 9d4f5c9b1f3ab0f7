import type { Database } from '@veramo-studio/plugin-kit'
import type { IDataStoreDeleteMessageArgs } from '@veramo/core-types'
import { isStorableName } from './storable-text.js'
import { MessageRow } from './typeorm/message-row.js'
import { deleteRows } from './typeorm/write-rows.js'

/** Removes the tenant's message with an id, and tells whether there was one. What was attached to it stays. */
export async function deleteMessage(database: Database, { id }: IDataStoreDeleteMessageArgs): Promise<boolean> {
  const tenantId = database.tenantId()
  if (!isStorableName(id)) return false
  return database.write(async (manager) => {
    for (const table of ['studio_message_credential', 'studio_message_presentation']) {
      await deleteRows(manager, table, { tenantId, messageId: id })
    }
    const { affected } = await manager.delete(MessageRow, { tenantId, id })
    return affected === 1
  })
}
