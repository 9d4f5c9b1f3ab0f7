import type { Clock, Database } from '@veramo-studio/plugin-kit'
import type { IDataStoreSaveVerifiablePresentationArgs } from '@veramo/core-types'
import { didsOf, toPresentationRecord } from './presentation-record.js'
import { storePresentations } from './store-presentations.js'
import { addDids } from './typeorm/add-dids.js'

/** Stores a presentation under its hash, which is returned, and its credentials. Saving it again changes nothing. */
export async function savePresentation(
  { database, clock }: { database: Database; clock: Clock },
  { verifiablePresentation }: IDataStoreSaveVerifiablePresentationArgs,
): Promise<string> {
  const tenantId = database.tenantId()
  const record = toPresentationRecord(verifiablePresentation, database.engine)
  const now = clock.now().toISOString()
  await database.write(async (manager) => {
    await addDids(manager, { tenantId, dids: didsOf([record]), now })
    await storePresentations(manager, { tenantId, now }, [record])
  })
  return record.columns.hash
}
