import type { Database } from '@veramo-studio/plugin-kit'
import { isStorableName } from './storable-text.js'

/** What the tenant has under a hash, as it was saved. */
export async function readRaw<Document>(
  database: Database,
  table: 'studio_credential' | 'studio_presentation',
  hash: string,
): Promise<Document | undefined> {
  const tenantId = database.tenantId()
  if (!isStorableName(hash)) return undefined
  const statement = `SELECT "raw" FROM "${table}" WHERE "tenantId" = ? AND "hash" = ?`
  const [row] = await database.readRows<{ raw: string }>(statement, [tenantId, hash])
  return row && (JSON.parse(row.raw) as Document)
}
