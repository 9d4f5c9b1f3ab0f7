import { kitErrors, type Database } from '@veramo-studio/plugin-kit'
import type { IDataStoreGetMessageArgs, IMessage } from '@veramo/core-types'
import { isStorableName } from './storable-text.js'
import { toMessages } from './to-message.js'
import { selectMessage } from './typeorm/select-messages.js'
import type { PartRow } from './typeorm/select-with-parts.js'

/** Returns the tenant's message with an id, and what is attached to it; `not_found` where it has none. */
export async function getMessage(database: Database, { id }: IDataStoreGetMessageArgs): Promise<IMessage> {
  const { text, parameters } = selectMessage(database.tenantId(), id)
  const rows = isStorableName(id) ? await database.readRows<PartRow>(text, parameters) : []
  const [message] = toMessages(rows)
  if (message === undefined) throw kitErrors.not_found('Message not found')
  return message
}
