import { randomUUID } from 'node:crypto'
import type { DatabaseEngine } from '@veramo-studio/plugin-kit'
import type { IMessage } from '@veramo/core-types'
import { computeEntryHash } from '@veramo/utils'
import { joined, storedDate } from './credential-record.js'
import { didsOf, toPresentationRecord, type PresentationRecord } from './presentation-record.js'
import { storableName, storableText } from './storable-text.js'
import { toStorable, type StorableCredentials } from './store-credentials.js'

/** A message as it is stored, with what is attached to it. */
export interface MessageRecord {
  id: string
  /** Those that the message gives; where it is stored already, the others stay as they are. */
  columns: Partial<MessageColumns>
  /** Undefined: those that are attached already stay. */
  credentials: StorableCredentials | undefined
  presentations: PresentationRecord[] | undefined
  dids: string[]
}

interface MessageColumns {
  createdAt: string
  expiresAt: string
  threadId: string | null
  type: string
  raw: string | null
  /** JSON. */
  data: string | null
  replyTo: string
  replyUrl: string
  fromDid: string
  toDid: string
  /** JSON. */
  metaData: string | null
}

/** Takes a message apart. Throws `invalid_argument` for what cannot be stored. */
export function toMessageRecord(message: IMessage, engine: DatabaseEngine): MessageRecord {
  const { id, raw, from, to } = message
  const credentials = message.credentials && toStorable(message.credentials, engine)
  const presentations = message.presentations?.map((each) => toPresentationRecord(each, engine))
  return {
    // Veramo's own way to name a message that came without an id.
    id: id ? storableName('id', id) : computeEntryHash(raw || randomUUID()),
    columns: given({
      createdAt: ifGiven(message.createdAt, (text) => storedDate('createdAt', text)),
      expiresAt: ifGiven(message.expiresAt, (text) => storedDate('expiresAt', text)),
      threadId: message.threadId && storableText('threadId', message.threadId),
      type: storableText('type', message.type),
      raw: raw && storableText('raw', raw),
      data: toJson(message.data),
      replyTo: ifGiven(message.replyTo, (list) => joined('replyTo', list)),
      replyUrl: ifGiven(message.replyUrl, (text) => storableText('replyUrl', text)),
      fromDid: ifGiven(from, (did) => storableName('from', did)),
      toDid: ifGiven(to, (did) => storableName('to', did)),
      metaData: toJson(message.metaData),
    }),
    credentials,
    presentations,
    dids: [from, to, ...(credentials?.dids ?? []), ...didsOf(presentations ?? [])].filter((did): did is string =>
      Boolean(did),
    ),
  }
}

function ifGiven<Given, Stored>(value: Given, toStored: (value: NonNullable<Given>) => Stored): Stored | undefined {
  return value ? toStored(value) : undefined
}

function toJson(value: object | null | undefined): string | null | undefined {
  return value === null || value === undefined ? value : JSON.stringify(value)
}

function given(columns: { [Column in keyof MessageColumns]: MessageColumns[Column] | undefined }) {
  return Object.fromEntries(
    Object.entries(columns).filter(([, value]) => value !== undefined),
  ) as Partial<MessageColumns>
}
