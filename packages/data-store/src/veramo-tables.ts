import { selectRows, type Database, type SqlParameter } from '@veramo-studio/plugin-kit'
import type { VerifiableCredential, VerifiablePresentation } from '@veramo/core-types'
import type { EntityManager } from 'typeorm'
import { toIsoDate } from './iso-date.js'
import { toPresentationRecord } from './presentation-record.js'
import { storeCredentials, toStorable, type Storing } from './store-credentials.js'
import { storePresentations } from './store-presentations.js'
import { insertRows, upsertRow, type ColumnValues } from './typeorm/write-rows.js'

/** A row of a database of `@veramo/data-store` 7, as its driver gives it. */
export type VeramoRow = Record<string, unknown>

/** What else an import needs to know of a row. */
export interface ImportContext {
  database: Database
  storing: Storing
  /** The key management system that holds a key from now on. */
  kmsOf: (row: VeramoRow) => string
}

/** How a table of Veramo's becomes rows of ours. */
export interface VeramoTable {
  /** What people call its rows. */
  label: string
  /** What is selected, from the alias `t`. */
  from: string
  select: string
  write(manager: EntityManager, row: VeramoRow, context: ImportContext): Promise<void>
  /** What must be the same afterwards, and starts with what names a row. */
  expected(row: VeramoRow, context: ImportContext): unknown[]
  /** The same of our rows. */
  found(rows: readonly VeramoRow[], context: ImportContext): Promise<unknown[][]>
}

/** What is read here is text, or null. */
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const json = (value: unknown) => (typeof value === 'string' ? JSON.stringify(JSON.parse(value)) : null)

/** Reads our rows that have one of the ids. */
async function ours(
  { database, storing: { tenantId } }: ImportContext,
  { select, table, id, ids }: { select: string; table: string; id: string; ids: unknown[] },
): Promise<VeramoRow[]> {
  const marks = ids.map(() => '?').join()
  const statement = `SELECT ${select} FROM "${table}" WHERE "tenantId" = ? AND "${id}" IN (${marks})`
  const parameters = [tenantId, ...ids] as SqlParameter[]
  return database.read((manager) => selectRows<VeramoRow>(manager, statement, parameters))
}

/** Stores a row, or replaces the one that has its key. */
async function upsert(manager: EntityManager, [table, ...ids]: string[], row: ColumnValues): Promise<void> {
  const key = ['tenantId', ...ids]
  const replaced = Object.keys(row).filter((column) => !key.includes(column))
  await upsertRow(manager, { table: String(table), row, key, replaced })
}

const identifiers: VeramoTable = {
  label: 'identifiers',
  from: '"identifier" t',
  select: 't."did", t."provider", t."alias", t."controllerKeyId", t."saveDate", t."updateDate"',
  async write(manager, { did, provider, alias, controllerKeyId, saveDate, updateDate }, { storing }) {
    const row = {
      tenantId: storing.tenantId,
      ...{ did: text(did), provider: text(provider), alias: text(alias), controllerKeyId: text(controllerKeyId) },
      createdAt: dateOf(saveDate) ?? storing.now,
      updatedAt: dateOf(updateDate) ?? storing.now,
    }
    await upsert(manager, ['studio_did', 'did'], row)
  },
  expected: ({ did, provider, alias, controllerKeyId }) => [did, provider, alias, controllerKeyId],
  async found(rows, context) {
    const select = '"did", "provider", "alias", "controllerKeyId"'
    const ids = rows.map(({ did }) => did)
    return (await ours(context, { select, table: 'studio_did', id: 'did', ids })).map((row) =>
      identifiers.expected(row, context),
    )
  },
}

const keys: VeramoTable = {
  label: 'keys',
  from: '"key" t',
  select: 't."kid", t."kms", t."type", t."publicKeyHex", t."meta", t."identifierDid"',
  async write(manager, row, { storing, kmsOf }) {
    const { kid, type, publicKeyHex, meta, identifierDid } = row
    await upsert(manager, ['studio_key', 'kid'], {
      tenantId: storing.tenantId,
      ...{ kid: text(kid), kms: kmsOf(row), type: text(type), publicKeyHex: text(publicKeyHex) },
      ...{ meta: text(meta), did: text(identifierDid) },
    })
  },
  expected: (row, { kmsOf }) => [
    row['kid'],
    kmsOf(row),
    row['type'],
    row['publicKeyHex'],
    json(row['meta']),
    row['identifierDid'],
  ],
  async found(rows, context) {
    const select = '"kid", "kms", "type", "publicKeyHex", "meta", "did"'
    const found = await ours(context, { select, table: 'studio_key', id: 'kid', ids: rows.map(({ kid }) => kid) })
    return found.map(({ kid, kms, type, publicKeyHex, meta, did }) => [kid, kms, type, publicKeyHex, json(meta), did])
  },
}

const services: VeramoTable = {
  label: 'services',
  // Those that were taken from their identifier are nobody's.
  from: '"service" t WHERE t."identifierDid" IS NOT NULL',
  select: 't."id", t."type", t."serviceEndpoint", t."description", t."identifierDid"',
  async write(manager, { id, type, serviceEndpoint, description, identifierDid }, { storing }) {
    await upsert(manager, ['studio_service', 'did', 'id'], {
      ...{ tenantId: storing.tenantId, did: text(identifierDid), id: text(id), type: text(type) },
      ...{ serviceEndpoint: text(serviceEndpoint), description: text(description) },
    })
  },
  expected: ({ id, type, serviceEndpoint, description, identifierDid }) => [
    JSON.stringify([identifierDid, id]),
    ...[type, serviceEndpoint, description],
  ],
  async found(rows, context) {
    const select = '"id", "type", "serviceEndpoint", "description", "did" AS "identifierDid"'
    const found = await ours(context, { select, table: 'studio_service', id: 'id', ids: rows.map(({ id }) => id) })
    return found.map((row) => services.expected(row, context))
  },
}

const credentials: VeramoTable = {
  label: 'credentials',
  from: '"credential" t',
  select: 't."hash", t."raw"',
  async write(manager, { hash, raw }, { database, storing }) {
    const storable = toStorable([JSON.parse(String(raw)) as VerifiableCredential], database.engine)
    const records = storable.records.map((record) => ({
      ...record,
      columns: { ...record.columns, hash: String(hash) },
    }))
    await storeCredentials(manager, storing, { ...storable, records })
  },
  expected: ({ hash, raw }) => [hash, json(raw)],
  async found(rows, context) {
    const ids = rows.map(({ hash }) => hash)
    const found = await ours(context, { select: '"hash", "raw"', table: 'studio_credential', id: 'hash', ids })
    return found.map((row) => credentials.expected(row, context))
  },
}

const presentations: VeramoTable = {
  label: 'presentations',
  from: '"presentation" t',
  select: 't."hash", t."raw"',
  async write(manager, { hash, raw }, { database, storing }) {
    const record = toPresentationRecord(JSON.parse(String(raw)) as VerifiablePresentation, database.engine)
    // Its credentials are rows of their own.
    const none = { records: [], hashes: [], dids: [] }
    const columns = { ...record.columns, hash: String(hash) }
    await storePresentations(manager, storing, [{ ...record, columns, credentials: none }])
  },
  expected: ({ hash, raw }) => [hash, json(raw)],
  async found(rows, context) {
    const ids = rows.map(({ hash }) => hash)
    const found = await ours(context, { select: '"hash", "raw"', table: 'studio_presentation', id: 'hash', ids })
    return found.map((row) => presentations.expected(row, context))
  },
}

const MESSAGE_TEXTS = ['id', 'type', 'raw', 'data', 'threadId', 'replyTo', 'replyUrl', 'fromDid', 'toDid', 'metaData']

const messages: VeramoTable = {
  label: 'messages',
  from: '"message" t',
  select: [...MESSAGE_TEXTS, 'createdAt', 'expiresAt', 'saveDate'].map((column) => `t."${column}"`).join(),
  async write(manager, row, { storing: { tenantId, now } }) {
    const columns = MESSAGE_TEXTS.map((column) => [column, text(row[column])] as const)
    await upsert(manager, ['studio_message', 'id'], {
      ...{ tenantId, ...Object.fromEntries(columns) },
      ...{ createdAt: dateOf(row['createdAt']), expiresAt: dateOf(row['expiresAt']) },
      savedAt: dateOf(row['saveDate']) ?? now,
    })
  },
  expected: (row) => [
    ...MESSAGE_TEXTS.map((column) => text(row[column])),
    dateOf(row['createdAt']),
    dateOf(row['expiresAt']),
  ],
  async found(rows, context) {
    const select = [...MESSAGE_TEXTS, 'createdAt', 'expiresAt'].map((column) => `"${column}"`).join()
    const found = await ours(context, { select, table: 'studio_message', id: 'id', ids: rows.map(({ id }) => id) })
    return found.map((row) => messages.expected(row, context))
  },
}

/** What is attached to messages: pairs of ids. */
const attached = (thing: 'credential' | 'presentation'): VeramoTable => {
  const [table, column] = [`studio_message_${thing}`, `${thing}Hash`]
  const links: VeramoTable = {
    label: `${thing}s of messages`,
    from: `"message_${thing}s_${thing}" t`,
    select: `t."messageId", t."${column}"`,
    async write(manager, row, { storing: { tenantId } }) {
      const ids = { messageId: text(row['messageId']), [column]: text(row[column]) }
      await insertRows(manager, table, [{ tenantId, ...ids, position: 0 }])
    },
    expected: (row) => [JSON.stringify([row['messageId'], row[column]])],
    async found(rows, context) {
      const select = `"messageId", "${column}"`
      const ids = rows.map(({ messageId }) => messageId)
      return (await ours(context, { select, table, id: 'messageId', ids })).map((row) => links.expected(row, context))
    },
  }
  return links
}

/** In an order in which nothing is named before it is there. */
export const VERAMO_TABLES: readonly VeramoTable[] = [
  ...[identifiers, keys, services, credentials, presentations, messages],
  ...[attached('credential'), attached('presentation')],
]

/** Drivers give a date as one, or as SQLite's text. */
function dateOf(value: unknown): string | null {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'string' ? (toIsoDate(value) ?? null) : null
}
