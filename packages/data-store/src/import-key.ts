import { currentCallId, type Database } from '@veramo-studio/plugin-kit'
import type { IKey } from '@veramo/core-types'
import { storableName, storableText } from './storable-text.js'
import { KeyRow } from './typeorm/key-row.js'
import { nextPosition } from './typeorm/row-position.js'

const KEY_COLUMNS = ['tenantId', 'kid']

/** Stores a key, or replaces the one that has its id: that keeps its place, its DID, and its meta where none is given. */
export async function importKey(database: Database, key: Partial<IKey>): Promise<boolean> {
  const tenantId = database.tenantId()
  const row = {
    tenantId,
    kid: storableName('kid', key.kid),
    type: storableName('type', key.type),
    kms: storableName('kms', key.kms),
    publicKeyHex: storableText('publicKeyHex', key.publicKeyHex),
    callId: currentCallId(),
    ...(key.meta !== undefined && { meta: key.meta }),
  }
  const replaced = Object.keys(row).filter((column) => !KEY_COLUMNS.includes(column))
  await database.write(async (manager) => {
    const position = await nextPosition(manager, KeyRow, tenantId)
    await manager
      .createQueryBuilder()
      .insert()
      .into(KeyRow)
      .values({ ...row, position })
      .orUpdate(replaced, KEY_COLUMNS)
      .updateEntity(false)
      .execute()
  })
  return true
}
