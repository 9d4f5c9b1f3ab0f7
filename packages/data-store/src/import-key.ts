import { changeRows, currentCallId, type Database } from '@veramo-studio/plugin-kit'
import type { IKey } from '@veramo/core-types'
import { storableName, storableText } from './storable-text.js'
import { nextPositionIn } from './typeorm/row-position.js'

/** Each creation of a key does this: building the query would take longer than running it. */
const INSERT_KEY =
  'INSERT INTO "studio_key" ("tenantId", "kid", "position", "type", "kms", "publicKeyHex", "meta", "callId")' +
  ` VALUES (?, ?, ${nextPositionIn('studio_key')}, ?, ?, ?, ?, ?) ON CONFLICT ("tenantId", "kid")` +
  ' DO UPDATE SET "type" = EXCLUDED."type", "kms" = EXCLUDED."kms", "publicKeyHex" = EXCLUDED."publicKeyHex"' +
  ', "callId" = EXCLUDED."callId"'
const WITH_META = ', "meta" = EXCLUDED."meta"'

/** Stores a key, or replaces the one that has its id: that keeps its place, its DID, and its meta where none is given. */
export async function importKey(database: Database, key: Partial<IKey>): Promise<boolean> {
  const tenantId = database.tenantId()
  const { meta } = key
  const values = [
    ...[tenantId, storableName('kid', key.kid), tenantId],
    storableName('type', key.type),
    storableName('kms', key.kms),
    storableText('publicKeyHex', key.publicKeyHex),
    meta == null ? null : JSON.stringify(meta),
    currentCallId(),
  ]
  const statement = meta === undefined ? INSERT_KEY : INSERT_KEY + WITH_META
  await database.write((manager) => changeRows(manager, statement, values), { durability: 'call' })
  return true
}
