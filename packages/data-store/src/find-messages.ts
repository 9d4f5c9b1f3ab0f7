import { searchRows, type Database } from '@veramo-studio/plugin-kit'
import type { AuthorizedDIDContext, FindMessagesArgs, IMessage, TMessageColumns } from '@veramo/core-types'
import { countRows, findSql, insertionOrder, type Findable } from './find-rows.js'
import { toStoredDate } from './iso-date.js'
import { parseFindArgs } from './parse-find-args.js'
import { toMessages } from './to-message.js'
import { MESSAGE_INSERTION, selectedOfMessages, selectMessages } from './typeorm/select-messages.js'
import type { PartRow } from './typeorm/select-with-parts.js'

const MESSAGES: Findable<TMessageColumns> = {
  from: '"studio_message" message',
  alias: 'message',
  columns: {
    from: { sql: 'message."fromDid"' },
    to: { sql: 'message."toDid"' },
    id: { sql: 'message."id"' },
    createdAt: { sql: 'message."createdAt"', toStored: toStoredDate },
    expiresAt: { sql: 'message."expiresAt"', toStored: toStoredDate },
    threadId: { sql: 'message."threadId"' },
    type: { sql: 'message."type"' },
    raw: { sql: 'message."raw"' },
    replyTo: { sql: 'message."replyTo"' },
    replyUrl: { sql: 'message."replyUrl"' },
  },
  insertion: MESSAGE_INSERTION,
  ofDid: ['message."toDid" = ?', 'message."fromDid" = ?'],
}

/** Returns the messages that match, in the order that is asked for, and then by when they were stored. */
export async function findMessages(
  database: Database,
  args: FindMessagesArgs | undefined,
  { authorizedDID }: AuthorizedDIDContext,
): Promise<IMessage[]> {
  const { order } = parseFindArgs(MESSAGES.columns, args)
  const select = selectedOfMessages(insertionOrder(MESSAGES, order))
  const { text, parameters } = selectMessages(findSql(database, MESSAGES, { args, authorizedDID, select }))
  const rows = await database.read((manager) => searchRows<PartRow>(manager, text, parameters))
  return toMessages(rows)
}

/** Counts the messages that match; `skip` and `take` make no difference. */
export async function countMessages(
  database: Database,
  args: FindMessagesArgs | undefined,
  { authorizedDID }: AuthorizedDIDContext,
): Promise<number> {
  return countRows(database, MESSAGES, { args, authorizedDID })
}
