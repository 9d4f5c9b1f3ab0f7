import { isStudioError, type Clock, type Database } from '@veramo-studio/plugin-kit'
import { encodeContext, fromColumn } from './envelope.js'
import { keyCustodyErrors } from './errors.js'
import type { KekProvider } from './kek-provider.js'
import { KekCheckRow } from './typeorm/kek-check-row.js'

const ROW_ID = 'kek'
const KNOWN_TEXT = Buffer.from('veramo-studio')
const CONTEXT = encodeContext(['kek-check'])

/**
 * Makes sure that this root key is the one that the database is sealed under: a wrong one would seal new keys that the
 * right one could not open. The first root key that a database sees is its own; of several at once, the first to
 * commit. Rejects with `kek_mismatch`.
 */
export async function checkKek(database: Database, kek: KekProvider, clock: Clock): Promise<void> {
  const known = await database.read((manager) => manager.findOneBy(KekCheckRow, { id: ROW_ID }))
  const row = known ?? (await insertCheck(database, kek, clock))
  if (!(await opens(kek, row))) {
    throw keyCustodyErrors.kek_mismatch('STUDIO_KEK is not the root key that this database was sealed under')
  }
}

async function insertCheck(database: Database, kek: KekProvider, clock: Clock): Promise<KekCheckRow> {
  const wrapped = (await kek.wrap(KNOWN_TEXT, CONTEXT)).toString('base64')
  const candidate: KekCheckRow = { id: ROW_ID, kekId: kek.id, wrapped, createdAt: clock.now().toISOString() }
  return database.write(async (manager) => {
    await manager.createQueryBuilder().insert().into(KekCheckRow).values(candidate).orIgnore().execute()
    return manager.findOneByOrFail(KekCheckRow, { id: ROW_ID })
  })
}

async function opens(kek: KekProvider, row: KekCheckRow): Promise<boolean> {
  try {
    return KNOWN_TEXT.equals(await kek.unwrap(fromColumn(row.wrapped), CONTEXT))
  } catch (error) {
    if (isStudioError(error) && error.code === 'seal_broken') return false
    throw error
  }
}
