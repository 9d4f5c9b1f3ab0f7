import { currentCallId } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { PresentationRecord } from './presentation-record.js'
import { storeCredentials, type Storing } from './store-credentials.js'
import { deleteRows, insertRows, upsertRow } from './typeorm/write-rows.js'

/** Stores presentations and their credentials under their hashes. What is there already keeps its place. */
export async function storePresentations(
  manager: EntityManager,
  storing: Storing,
  records: readonly PresentationRecord[],
): Promise<void> {
  const { tenantId, now } = storing
  for (const { columns, verifiers, credentials } of records) {
    const row = { ...columns, callId: currentCallId() }
    await upsertRow(manager, {
      table: 'studio_presentation',
      row: { tenantId, ...row, savedAt: now },
      key: ['tenantId', 'hash'],
      replaced: Object.keys(row),
    })
    const ofPresentation = { tenantId, presentationHash: columns.hash }
    await deleteRows(manager, 'studio_presentation_verifier', ofPresentation)
    await insertRows(
      manager,
      'studio_presentation_verifier',
      [...new Set(verifiers)].map((did) => ({ ...ofPresentation, did })),
    )
    await storeCredentials(manager, storing, credentials)
  }
}
