import type { EntityManager } from 'typeorm'
import { parseStoredAmount } from '../amount.js'
import { accountKey, BalanceSheet } from '../balance-sheet.js'
import type { AccountBalance } from '../entry.js'
import { ledgerErrors } from '../errors.js'
import type { Movement } from '../movements.js'
import type { AccountRow } from './rows.js'
import { change, repeated, select } from './sql.js'

const ACCOUNT_COLUMNS = '"code", "asset", CAST("balance" AS TEXT) AS "balance"'
const ACCOUNTS_OF_TENANT = `SELECT ${ACCOUNT_COLUMNS} FROM "studio_ledger_account" WHERE "tenantId" = ?`
const SELECT_ACCOUNTS = `${ACCOUNTS_OF_TENANT} ORDER BY "code", "asset"`
const SELECT_ACCOUNT = `${ACCOUNTS_OF_TENANT} AND "code" = ? AND "asset" = ?`
const SELECT_ASSETS = `SELECT "asset" FROM "studio_ledger_account" WHERE "tenantId" = ? AND "code" = ? ORDER BY "asset"`
const INSERT_ACCOUNTS = `INSERT INTO "studio_ledger_account" ("tenantId", "code", "asset", "balance") VALUES`
const NEW_BALANCE = '(CAST(? AS varchar), CAST(? AS varchar), CAST(? AS bigint), CAST(? AS bigint))'

export async function readAccounts(manager: EntityManager, tenantId: string): Promise<AccountBalance[]> {
  return (await select<AccountRow>(manager, SELECT_ACCOUNTS, [tenantId])).map(toBalance)
}

/** The assets that an account code has ever had. */
export async function readAssets(manager: EntityManager, tenantId: string, code: string): Promise<string[]> {
  return (await select<{ asset: string }>(manager, SELECT_ASSETS, [tenantId, code])).map((row) => row.asset)
}

export async function readBalance(
  manager: EntityManager,
  { tenantId, code, asset }: { tenantId: string; code: string; asset: string },
): Promise<bigint> {
  const [row] = await select<AccountRow>(manager, SELECT_ACCOUNT, [tenantId, code, asset])
  return row === undefined ? 0n : parseStoredAmount(row.balance)
}

/** The balances of the accounts that movements touch. */
export async function readSheet(
  manager: EntityManager,
  tenantId: string,
  movements: readonly Movement[],
): Promise<BalanceSheet> {
  const touched = movements.flatMap(({ from, to, asset }) => [from, to].map((code) => ({ code, asset })))
  return readBalances(manager, tenantId, touched)
}

/** One statement, one look-up by key for each account. */
export async function readBalances(
  manager: EntityManager,
  tenantId: string,
  accounts: readonly { code: string; asset: string }[],
): Promise<BalanceSheet> {
  const wanted = new Map(accounts.map(({ code, asset }) => [accountKey(code, asset), [code, asset] as const]))
  if (wanted.size === 0) return new BalanceSheet()
  const lookUps = repeated(SELECT_ACCOUNT, wanted.size, ' UNION ALL ')
  const parameters = [...wanted.values()].flatMap(([code, asset]) => [tenantId, code, asset])
  return new BalanceSheet((await select<AccountRow>(manager, lookUps, parameters)).map(toBalance))
}

/** Writes what has changed between two sheets; each row only if it still has the balance that was read. */
export async function writeBalances(
  manager: EntityManager,
  tenantId: string,
  { before, after }: { before: BalanceSheet; after: BalanceSheet },
): Promise<void> {
  const isKnown = ({ code, asset }: AccountBalance) => before.has(code, asset)
  const changed = after.accounts().filter(({ code, asset, balance }) => before.get(code, asset) !== balance)
  const known = changed.filter(isKnown)
  const made = after.accounts().filter((account) => !isKnown(account))
  if (known.length > 0) {
    const parameters = known.flatMap(({ code, asset, balance }) => [
      code,
      asset,
      String(before.get(code, asset)),
      String(balance),
    ])
    const count = await change(manager, updateAccounts(known.length), [...parameters, tenantId])
    if (count !== known.length) throw ledgerErrors.ledger_moved(`a balance of ${tenantId} changed while it was locked`)
  }
  if (made.length > 0) {
    const parameters = made.flatMap(({ code, asset, balance }) => [tenantId, code, asset, String(balance)])
    await change(manager, `${INSERT_ACCOUNTS} ${repeated('(?, ?, ?, ?)', made.length)}`, parameters)
  }
}

/** Both engines name the columns of VALUES so. */
function updateAccounts(count: number): string {
  return (
    `UPDATE "studio_ledger_account" SET "balance" = v.column4 FROM (VALUES ${repeated(NEW_BALANCE, count)}) AS v ` +
    `WHERE "tenantId" = ? AND "code" = v.column1 AND "asset" = v.column2 AND "balance" = v.column3`
  )
}

function toBalance({ code, asset, balance }: AccountRow): AccountBalance {
  return { code, asset, balance: parseStoredAmount(balance) }
}
