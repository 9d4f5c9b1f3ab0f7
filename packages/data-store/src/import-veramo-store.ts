import { createHash } from 'node:crypto'
import { isUniqueViolation, kitErrors, systemClock, type Clock, type Database } from '@veramo-studio/plugin-kit'
import { dataStoreErrors } from './errors.js'
import { VERAMO_TABLES, type ImportContext, type VeramoRow, type VeramoTable } from './veramo-tables.js'

/** A database of `@veramo/data-store` 7, open for reading. */
export interface VeramoSource {
  engine: 'sqlite' | 'postgres'
  query(statement: string, parameters: unknown[]): Promise<VeramoRow[]>
}

/** A private key, decrypted. */
export interface OpenedPrivateKey {
  kid: string
  type: string
  privateKeyHex: string
}

export interface VeramoImportOptions {
  source: VeramoSource
  database: Database
  /** Opens what the source has in its column `privateKeyHex`; rejects where it does not open. */
  openPrivateKey: (sealed: string) => Promise<string>
  /** Keeps a private key for the tenant; doing it again changes nothing, and rejects where another key is kept. */
  keepPrivateKey: (key: OpenedPrivateKey) => Promise<{ publicKeyHex: string }>
  /** The key management system that has the private keys from now on. */
  kms: string
  clock?: Clock
  onProgress?: (progress: ImportProgress) => void
}

export interface ImportProgress {
  /** What is imported, or checked. */
  label: string
  step: 'import' | 'check'
  done: number
  total: number
}

/** What was there and what is here now, of each kind of thing. */
export interface ImportedTable {
  label: string
  source: number
  imported: number
  /** SHA-256 of what must be the same, over all rows of the source in their order. */
  sourceDigest: string
  importedDigest: string
}

const BATCH = 100
const PRIVATE_KEYS = { from: '"private-key" t', select: 't."alias", t."type", t."privateKeyHex"' }

/**
 * Takes all that a database of `@veramo/data-store` 7 holds into the tenant that the running code works for, and then
 * compares. It may be repeated: after a crash it completes what is missing, and what is there keeps its place. Rejects with
 * `conflict` where the tenant uses an alias for another identifier, and with `import_incomplete` where the comparison
 * finds a difference.
 */
export async function importVeramoStore(options: VeramoImportOptions): Promise<ImportedTable[]> {
  const { database, clock = systemClock } = options
  const storing = { tenantId: database.tenantId(), now: clock.now().toISOString() }
  const kept = await importPrivateKeys(options, 'import')
  const kmsOf = ({ kid, kms }: VeramoRow) => (kept.has(String(kid)) ? options.kms : String(kms))
  const context: ImportContext = { database, storing, kmsOf }
  for (const table of VERAMO_TABLES) await importTable(options, table, context)
  const checked: ImportedTable[] = []
  for (const table of VERAMO_TABLES) checked.push(await checkTable(options, table, context))
  await importPrivateKeys(options, 'check')
  const privateKeys = { label: 'private keys', source: kept.size, imported: kept.size }
  checked.push({ ...privateKeys, sourceDigest: digestOf([...kept]), importedDigest: digestOf([...kept]) })
  const different = checked.filter(({ sourceDigest, importedDigest }) => sourceDigest !== importedDigest)
  if (different.length > 0) {
    const labels = different.map(({ label }) => label).join(', ')
    throw dataStoreErrors.import_incomplete(`what was imported differs from the source: ${labels}`, {
      extensions: { tables: checked },
    })
  }
  return checked
}

async function importTable(options: VeramoImportOptions, table: VeramoTable, context: ImportContext): Promise<void> {
  const { database } = options
  for await (const rows of batchesOf(options, { ...table, step: 'import' })) {
    try {
      await database.write(async (manager) => {
        for (const row of rows) await table.write(manager, row, context)
      })
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
      throw kitErrors.conflict(`one of the ${table.label} has an alias that the customer uses already`, {
        cause: error,
      })
    }
  }
}

/** A key opens, and its public key is the one that the source names; in the second round it is also the one that is kept. */
async function importPrivateKeys(options: VeramoImportOptions, step: ImportProgress['step']): Promise<Set<string>> {
  const kids = new Set<string>()
  for await (const rows of batchesOf(options, { ...PRIVATE_KEYS, label: 'private keys', step })) {
    for (const { alias, type, privateKeyHex: sealed } of rows) {
      const kid = String(alias)
      const privateKeyHex = await options.openPrivateKey(String(sealed))
      const { publicKeyHex } = await options.keepPrivateKey({ kid, type: String(type), privateKeyHex })
      await assertPublicKey(options.source, kid, publicKeyHex)
      kids.add(kid)
    }
  }
  return kids
}

async function assertPublicKey(source: VeramoSource, kid: string, publicKeyHex: string): Promise<void> {
  const mark = source.engine === 'postgres' ? '$1' : '?'
  const [key] = await source.query(`SELECT "publicKeyHex" FROM "key" WHERE "kid" = ${mark}`, [kid])
  if (key === undefined || String(key['publicKeyHex']).toLowerCase() === publicKeyHex.toLowerCase()) return
  throw dataStoreErrors.private_key_unreadable('a private key of the source does not belong to its public key')
}

async function checkTable(
  options: VeramoImportOptions,
  table: VeramoTable,
  context: ImportContext,
): Promise<ImportedTable> {
  const [sourceHash, importedHash] = [createHash('sha256'), createHash('sha256')]
  let [source, imported] = [0, 0]
  for await (const rows of batchesOf(options, { ...table, step: 'check' })) {
    const found = new Map((await table.found(rows, context)).map((values) => [values[0], values]))
    for (const row of rows) {
      const expected = table.expected(row, context)
      const values = found.get(expected[0])
      sourceHash.update(`${JSON.stringify(expected)}\n`)
      importedHash.update(`${JSON.stringify(values)}\n`)
      source += 1
      imported += values === undefined ? 0 : 1
    }
  }
  const digests = { sourceDigest: sourceHash.digest('hex'), importedDigest: importedHash.digest('hex') }
  return { label: table.label, source, imported, ...digests }
}

/** The rows of a table, in the order in which they were stored, as an unordered query of Veramo's gives them. */
async function* batchesOf(
  { source, onProgress }: VeramoImportOptions,
  { label, from, select, step }: { label: string; from: string; select: string; step: ImportProgress['step'] },
): AsyncGenerator<VeramoRow[]> {
  const [place, mark, first] = source.engine === 'postgres' ? ['t.ctid', '$1::tid', '(0,0)'] : ['t.rowid', '?', 0]
  const [counted] = await source.query(`SELECT COUNT(*) AS "count" FROM ${from}`, [])
  const total = Number(counted?.['count'])
  const after = from.includes(' WHERE ') ? 'AND' : 'WHERE'
  const statement =
    `SELECT ${select}, ${place} AS "place" FROM ${from} ${after} ${place} > ${mark} ` +
    `ORDER BY ${place} LIMIT ${BATCH}`
  let last: unknown = first
  for (let done = 0; ;) {
    const rows = await source.query(statement, [last])
    if (rows.length === 0) return
    yield rows
    done += rows.length
    onProgress?.({ label, step, done, total })
    last = rows.at(-1)?.['place']
  }
}

function digestOf(values: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex')
}
