import type { Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { isStorableName } from './storable-text.js'
import { DidRow } from './typeorm/did-row.js'
import { KeyRow } from './typeorm/key-row.js'
import { deleteRows, run } from './typeorm/write-rows.js'

/**
 * Removes an identifier, its services, the credentials and presentations that it issued, and the messages from and to
 * it. Its keys stay, and belong to no identifier. True also where there was nothing to remove.
 */
export async function deleteDid(database: Database, { did }: { did: string }): Promise<boolean> {
  const tenantId = database.tenantId()
  if (!isStorableName(did)) return true
  await database.write(async (manager) => {
    await manager.update(KeyRow, { tenantId, did }, { did: null })
    await deleteRows(manager, 'studio_service', { tenantId, did })
    const owner = { tenantId, did }
    await deleteOwned(manager, owner, {
      table: 'studio_credential',
      id: 'hash',
      column: 'issuerDid',
      parts: CREDENTIAL_PARTS,
    })
    await deleteOwned(manager, owner, {
      table: 'studio_presentation',
      id: 'hash',
      column: 'holderDid',
      parts: PRESENTATION_PARTS,
    })
    await deleteRows(manager, 'studio_presentation_verifier', { tenantId, did })
    for (const column of ['fromDid', 'toDid']) {
      await deleteOwned(manager, owner, { table: 'studio_message', id: 'id', column, parts: MESSAGE_PARTS })
    }
    await manager.delete(DidRow, { tenantId, did })
  })
  return true
}

interface Owned {
  table: string
  id: string
  /** Names the DID. */
  column: string
  /** Tables and columns that name what is removed. */
  parts: readonly (readonly [table: string, column: string])[]
}

const CREDENTIAL_PARTS = [
  ['studio_claim', 'credentialHash'],
  ['studio_message_credential', 'credentialHash'],
] as const
const PRESENTATION_PARTS = [
  ['studio_presentation_verifier', 'presentationHash'],
  ['studio_message_presentation', 'presentationHash'],
] as const
const MESSAGE_PARTS = [
  ['studio_message_credential', 'messageId'],
  ['studio_message_presentation', 'messageId'],
] as const

async function deleteOwned(
  manager: EntityManager,
  { tenantId, did }: { tenantId: string; did: string },
  { table, id, column, parts }: Owned,
): Promise<void> {
  const owned = `SELECT "${id}" FROM "${table}" WHERE "tenantId" = ? AND "${column}" = ?`
  for (const [part, reference] of parts) {
    await run(manager, `DELETE FROM "${part}" WHERE "tenantId" = ? AND "${reference}" IN (${owned})`, [
      ...[tenantId, tenantId, did],
    ])
  }
  await deleteRows(manager, table, { tenantId, [column]: did })
}
