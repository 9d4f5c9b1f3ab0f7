import type { EntityManager } from 'typeorm'
import { parseStoredAmount } from '../amount.js'
import { accountKey, BalanceSheet } from '../balance-sheet.js'
import type { AccountBalance } from '../entry.js'
import type { AccountRow } from './rows.js'
import { repeated, select } from './sql.js'

const ACCOUNT_COLUMNS = '"code", "asset", CAST("balance" AS TEXT) AS "balance"'
const ACCOUNTS_OF_TENANT = `SELECT ${ACCOUNT_COLUMNS} FROM "studio_ledger_account" WHERE "tenantId" = ?`
const SELECT_ACCOUNTS = `${ACCOUNTS_OF_TENANT} ORDER BY "code", "asset"`
const SELECT_ACCOUNT = `${ACCOUNTS_OF_TENANT} AND "code" = ? AND "asset" = ?`
const SELECT_ASSETS = `SELECT "asset" FROM "studio_ledger_account" WHERE "tenantId" = ? AND "code" = ? ORDER BY "asset"`

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

/** One statement, and so one instant, with one look-up by key for each account. */
export async function readNamedAccounts(
  manager: EntityManager,
  tenantId: string,
  named: readonly { code: string; asset: string }[],
): Promise<BalanceSheet> {
  const accounts = [...new Map(named.map((account) => [accountKey(account.code, account.asset), account])).values()]
  const lookUps = repeated(SELECT_ACCOUNT, accounts.length, ' UNION ALL ')
  const parameters = accounts.flatMap(({ code, asset }) => [tenantId, code, asset])
  return new BalanceSheet((await select<AccountRow>(manager, lookUps, parameters)).map(toBalance))
}

export function toBalance({ code, asset, balance }: AccountRow): AccountBalance {
  return { code, asset, balance: parseStoredAmount(balance) }
}
