import type { EntityManager } from 'typeorm'
import { assertWritten, bookChanges } from './book-changes.js'
import type { BookStore } from './book-store.js'
import { CHAIN_COLUMNS, toLocked } from './chain-store.js'
import { ENTRY_BIGINTS, ENTRY_NAMES } from './entry-store.js'
import type { AccountRow, ChainRow, TransferRow } from './rows.js'
import { transactionOf } from './sql.js'
import { FROM_TRANSFER, TRANSFER_BIGINTS, TRANSFER_NAMES } from './transfer-store.js'

/*
 * Rows travel as one array a column, so that a statement has the same text however many they are: the connection
 * prepares it once.
 */

type Column = readonly (string | number | null)[]

const LOCK_CHAINS =
  `SELECT ${CHAIN_COLUMNS} FROM "studio_ledger_chain" WHERE "tenantId" = ANY($1::varchar[]) ` +
  `ORDER BY "tenantId" COLLATE "C" FOR UPDATE`
const BEGIN_CHAINS =
  `INSERT INTO "studio_ledger_chain" ("tenantId", "seq", "hash") SELECT "tenantId", 0, '' ` +
  `FROM unnest($1::varchar[]) AS v("tenantId") ON CONFLICT DO NOTHING`
const READ_TRANSFERS =
  `${FROM_TRANSFER} JOIN unnest($1::varchar[], $2::varchar[]) AS v("tenantId", "transferId") ` +
  `ON t."tenantId" = v."tenantId" AND t."transferId" = v."transferId"`
const READ_ACCOUNTS =
  `SELECT a."tenantId", a."code", a."asset", CAST(a."balance" AS TEXT) AS "balance" FROM "studio_ledger_account" a ` +
  `JOIN unnest($1::varchar[], $2::varchar[], $3::varchar[]) AS v("tenantId", "code", "asset") ` +
  `ON a."tenantId" = v."tenantId" AND a."code" = v."code" AND a."asset" = v."asset"`

const HEAD_COLUMNS = { tenantId: 'varchar', seq: 'bigint', hash: 'varchar', toSeq: 'bigint', toHash: 'varchar' }
const ENDING_COLUMNS = {
  ...{ tenantId: 'varchar', transferId: 'varchar', fromSeal: 'varchar', state: 'varchar', settledAmounts: 'text' },
  ...{ expiresAt: 'varchar', endedAt: 'varchar', endSeq: 'bigint', seal: 'varchar' },
}
const ACCOUNT_COLUMNS = {
  tenantId: 'varchar',
  code: 'varchar',
  asset: 'varchar',
  fromBalance: 'bigint',
  balance: 'bigint',
}
const NEW_ACCOUNT_COLUMNS = { tenantId: 'varchar', code: 'varchar', asset: 'varchar', balance: 'bigint' }
const TRANSFER_TYPES = typesOf(TRANSFER_NAMES, { bigints: TRANSFER_BIGINTS, integers: [] })
const ENTRY_TYPES = typesOf(ENTRY_NAMES, { bigints: ENTRY_BIGINTS, integers: ['legIndex'] })

/** One round trip. Postgres runs all parts, also those that nothing is selected from. */
const WRITE = writeStatement()

export const postgresBookStore: BookStore = {
  open: async (manager, tenantIds, transfers) => {
    const chains = (await run<ChainRow>(manager, LOCK_CHAINS, [tenantIds])).map(toLocked)
    if (chains.length === 0 || transfers.length === 0) return { chains, transfers: [] }
    // Read after the wait: a statement sees what was there when it began.
    const columns = columnsOf(transfers, ['tenantId', 'transferId'])
    return { chains, transfers: await run<TransferRow>(manager, READ_TRANSFERS, columns) }
  },

  begin: async (manager, tenantIds) => {
    await run(manager, BEGIN_CHAINS, [tenantIds])
  },

  readAccounts: (manager, accounts) =>
    run<AccountRow & { tenantId: string }>(manager, READ_ACCOUNTS, columnsOf(accounts, ['tenantId', 'code', 'asset'])),

  write: async (manager, books) => {
    const { heads, made, ended, changedAccounts, newAccounts, entries } = bookChanges(books)
    const texts = <T extends { from: bigint | null; to: bigint }>({ from, to, ...rest }: T) => ({
      ...rest,
      fromBalance: String(from),
      balance: String(to),
    })
    const [written] = await run<Record<'heads' | 'made' | 'ended' | 'accounts', string>>(manager, WRITE, [
      ...columnsOf(
        heads.map(({ from, to }) => ({ ...from, seq: String(from.seq), toSeq: String(to.seq), toHash: to.hash })),
        namesOf(HEAD_COLUMNS),
      ),
      ...columnsOf(made, TRANSFER_NAMES),
      ...columnsOf(
        ended.map(({ from, to }) => ({ ...to, fromSeal: from.seal })),
        namesOf(ENDING_COLUMNS),
      ),
      ...columnsOf(changedAccounts.map(texts), namesOf(ACCOUNT_COLUMNS)),
      ...columnsOf(newAccounts.map(texts), namesOf(NEW_ACCOUNT_COLUMNS)),
      ...columnsOf(entries, ENTRY_NAMES),
    ])
    assertWritten('chains', Number(written?.heads), heads.length)
    assertWritten('transfers', Number(written?.made) + Number(written?.ended), made.length + ended.length)
    assertWritten('balances', Number(written?.accounts), changedAccounts.length)
  },
}

function writeStatement(): string {
  let count = 0
  const rows = (types: Record<string, string>) =>
    `unnest(${Object.values(types)
      .map((type) => `$${(count += 1)}::${type}[]`)
      .join(', ')}) AS v(${quoted(namesOf(types))})`
  const insert = (table: string, types: Record<string, string>) =>
    `INSERT INTO "studio_ledger_${table}" (${quoted(namesOf(types))}) SELECT * FROM ${rows(types)}`
  return (
    `WITH heads AS (UPDATE "studio_ledger_chain" c SET "seq" = v."toSeq", "hash" = v."toHash" FROM ${rows(HEAD_COLUMNS)} ` +
    `WHERE c."tenantId" = v."tenantId" AND c."seq" = v."seq" AND c."hash" = v."hash" RETURNING 1), ` +
    `made AS (${insert('transfer', TRANSFER_TYPES)} ON CONFLICT DO NOTHING RETURNING 1), ` +
    `ended AS (UPDATE "studio_ledger_transfer" t SET "state" = v."state", "settledAmounts" = v."settledAmounts", ` +
    `"expiresAt" = v."expiresAt", "endedAt" = v."endedAt", "endSeq" = v."endSeq", "seal" = v."seal" ` +
    `FROM ${rows(ENDING_COLUMNS)} WHERE t."tenantId" = v."tenantId" AND t."transferId" = v."transferId" ` +
    `AND t."state" = 'pending' AND t."seal" = v."fromSeal" RETURNING 1), ` +
    `accounts AS (UPDATE "studio_ledger_account" a SET "balance" = v."balance" FROM ${rows(ACCOUNT_COLUMNS)} ` +
    `WHERE a."tenantId" = v."tenantId" AND a."code" = v."code" AND a."asset" = v."asset" ` +
    `AND a."balance" = v."fromBalance" RETURNING 1), ` +
    `opened AS (${insert('account', NEW_ACCOUNT_COLUMNS)}), ` +
    `kept AS (${insert('entry', ENTRY_TYPES)}) ` +
    `SELECT (SELECT COUNT(*) FROM heads) AS heads, (SELECT COUNT(*) FROM made) AS made, ` +
    `(SELECT COUNT(*) FROM ended) AS ended, (SELECT COUNT(*) FROM accounts) AS accounts`
  )
}

/** Statements are few and have fixed texts: each is named by its text's place in this list, and prepared once a connection. */
const STATEMENTS = [LOCK_CHAINS, BEGIN_CHAINS, READ_TRANSFERS, READ_ACCOUNTS, WRITE]

async function run<Row>(manager: EntityManager, text: string, columns: readonly Column[]): Promise<Row[]> {
  const statement = { name: `studio_ledger_${STATEMENTS.indexOf(text)}`, text }
  // TypeORM hands what it is given as the text to the driver, which takes a named statement as well.
  return transactionOf(manager).query(statement as unknown as string, columns as unknown[]) as Promise<Row[]>
}

function columnsOf<Row>(rows: readonly Row[], names: readonly string[]): Column[] {
  return names.map((name) => rows.map((row) => row[name as keyof Row] as string | number | null))
}

function namesOf(types: Record<string, string>): string[] {
  return Object.keys(types)
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ')
}

function typesOf(
  names: readonly string[],
  { bigints, integers }: { bigints: readonly string[]; integers: readonly string[] },
): Record<string, string> {
  const typeOf = (name: string) => (bigints.includes(name) ? 'bigint' : integers.includes(name) ? 'integer' : 'varchar')
  return Object.fromEntries(names.map((name) => [name, typeOf(name)]))
}
