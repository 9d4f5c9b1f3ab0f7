import type { Database } from '@veramo-studio/plugin-kit'
import type { IIdentifier } from '@veramo/core-types'
import { IsNull, Not } from 'typeorm'
import { toIdentifier } from './identifier.js'
import { listedRows } from './listed-rows.js'
import { isStorableName } from './storable-text.js'
import { inOrder, selectDids } from './typeorm/select-dids.js'

/** Lists the managed identifiers, oldest first; those of every tenant inside `runAsOperator`. */
export async function listDids(
  database: Database,
  { alias, provider }: { alias?: string; provider?: string } = {},
): Promise<IIdentifier[]> {
  const listed = listedRows(database)
  const filters = [alias, provider].filter(Boolean)
  if (!filters.every(isStorableName)) return []
  const where = { ...listed, provider: provider || Not(IsNull()), ...(alias && { alias }) }
  const rows = await database.read((manager) => inOrder(selectDids(manager).where(where)).getMany())
  return rows.map(toIdentifier)
}
