import type { SqlParameter } from '@veramo-studio/plugin-kit'
import { selectWithParts, type Part } from './select-with-parts.js'
import type { Sql } from './find-sql.js'

export const MESSAGE_INSERTION = ['message."position"', 'message."id"']

/** In the order in which `toMessage` takes them. */
const COLUMNS = [
  'id',
  'type',
  'raw',
  'data',
  'metaData',
  'threadId',
  'replyTo',
  'replyUrl',
  'createdAt',
  'expiresAt',
  'fromDid',
  'toDid',
]

const attached = (thing: 'presentation' | 'credential'): Part => ({
  join:
    `JOIN "studio_message_${thing}" link_${thing} ON link_${thing}."tenantId" = page."tenantId" ` +
    `AND link_${thing}."messageId" = page."id" JOIN "studio_${thing}" ${thing} ` +
    `ON ${thing}."tenantId" = page."tenantId" AND ${thing}."hash" = link_${thing}."${thing}Hash"`,
  columns: [`${thing}."raw"`],
  place: `link_${thing}."position"`,
  id: `${thing}."hash"`,
})

/** What a page of messages selects: `message` is the alias of its table. */
export const selectedOfMessages = (order: string) =>
  [
    'message."tenantId"',
    ...COLUMNS.map((column) => `message."${column}"`),
    `ROW_NUMBER() OVER (${order}) AS "n"`,
  ].join()

/** Completes a page of messages with what is attached to them. */
export function selectMessages(page: Sql): Sql {
  const parts = [attached('presentation'), attached('credential')]
  return selectWithParts({ page, columns: COLUMNS.map((column) => `page."${column}"`), parts })
}

/** Selects one message. */
export function selectMessage(tenantId: SqlParameter, id: SqlParameter): Sql {
  const select = selectedOfMessages('ORDER BY message."id"')
  return selectMessages({
    text: `SELECT ${select} FROM "studio_message" message WHERE message."tenantId" = ? AND message."id" = ?`,
    parameters: [tenantId, id],
  })
}
