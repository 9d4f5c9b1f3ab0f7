import type { IMessage, VerifiableCredential, VerifiablePresentation } from '@veramo/core-types'
import { assembleParts, type PartRow, type RowWithParts } from './typeorm/select-with-parts.js'

/** Reads the rows that `selectMessages` gives. */
export function toMessages(rows: readonly PartRow[]): IMessage[] {
  return assembleParts(rows, 2).map(toMessage)
}

/** The shape of Veramo's store: five members that may be null, and others that are left out where there is nothing. */
function toMessage({ values, parts: [presentations = [], credentials = []] }: RowWithParts): IMessage {
  const [id, type, raw, data, metaData, threadId, replyTo, replyUrl, createdAt, expiresAt, from, to] = values
  const json = (text: string | null | undefined) => (text ? (JSON.parse(text) as unknown) : null)
  return {
    ...{ id, type, raw, data: json(data), metaData: json(metaData) },
    ...(threadId && { threadId }),
    ...(replyTo !== null && replyTo !== undefined && { replyTo: replyTo === '' ? [] : replyTo.split(',') }),
    ...(replyUrl && { replyUrl }),
    ...(createdAt && { createdAt }),
    ...(expiresAt && { expiresAt }),
    ...(from && { from }),
    ...(to && { to }),
    presentations: presentations.map(([text]) => json(text) as VerifiablePresentation),
    credentials: credentials.map(([text]) => json(text) as VerifiableCredential),
    // Veramo's types know no null, its store does.
  } as IMessage
}
