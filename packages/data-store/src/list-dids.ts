import { selectRows, type Database } from '@veramo-studio/plugin-kit'
import type { IIdentifier } from '@veramo/core-types'
import { toIdentifier } from './identifier.js'
import { listedRows } from './listed-rows.js'
import { isStorableName } from './storable-text.js'
import { selectDidsWhere, toStoredDids } from './typeorm/select-dids.js'
import type { PartRow } from './typeorm/select-with-parts.js'

/** Lists the managed identifiers, oldest first; those of every tenant inside `runAsOperator`. */
export async function listDids(
  database: Database,
  { alias, provider }: { alias?: string; provider?: string } = {},
): Promise<IIdentifier[]> {
  const wanted = Object.entries({ ...listedRows(database), provider, alias }).filter(([, value]) => Boolean(value))
  if (!wanted.every(([, value]) => isStorableName(value))) return []
  const conditions = wanted.map(([column]) => `did."${column}" = ?`)
  const { text, parameters } = selectDidsWhere(
    ['did."provider" IS NOT NULL', ...conditions].join(' AND '),
    wanted.map(([, value]) => String(value)),
  )
  const rows = await database.read((manager) => selectRows<PartRow>(manager, text, parameters))
  return toStoredDids(rows).map(toIdentifier)
}
