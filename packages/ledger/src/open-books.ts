import type { EntityManager } from 'typeorm'
import { accountKey, BalanceSheet } from './balance-sheet.js'
import { TenantBooks } from './books.js'
import type { ChainKey } from './chain-key.js'
import type { AccountReference } from './entry.js'
import { isSealed, toTransfer } from './transfer-codec.js'
import { HELD, type LedgerLeg, type TransferKind, type TransferReference } from './transfer.js'
import { toBalance } from './typeorm/account-store.js'
import { bookStoreOf, type OpenedBooks } from './typeorm/book-store.js'
import type { TransferRow } from './typeorm/rows.js'

/** What a write needs of the books of tenants. */
export interface BooksRequest {
  tenantIds: readonly string[]
  /** Those whose journal begins where there is none. */
  beginning: readonly string[]
  transfers: readonly TransferReference[]
  /** Those of the transfers that may be ended: their accounts are read too. */
  ending: readonly TransferReference[]
  accounts: readonly AccountReference[]
}

/** Waits for the turn of each tenant, and reads what is needed of its books; by tenant. */
export async function openBooks(
  chainKey: ChainKey,
  manager: EntityManager,
  request: BooksRequest,
): Promise<Map<string, TenantBooks>> {
  const { chains, transfers } = await openOrBegin(manager, request)
  const touched = distinct([...request.accounts, ...endingAccounts(chainKey, request.ending, transfers)])
  const isMoving = chains.length > 0 && touched.length > 0
  const accounts = isMoving ? await bookStoreOf(manager).readAccounts(manager, touched) : []
  const accountsOf = byTenant(accounts)
  const transfersOf = byTenant(transfers)
  return new Map(
    chains.map((chain) => {
      const { tenantId } = chain.head
      const before = new BalanceSheet(accountsOf.get(tenantId)?.map(toBalance))
      return [tenantId, new TenantBooks(chain, before, transfersOf.get(tenantId) ?? [])]
    }),
  )
}

/** The accounts that a transfer moves in all of its life. */
export function accountsOf(
  tenantId: string,
  { kind, legs }: { kind: TransferKind; legs: readonly LedgerLeg[] },
): AccountReference[] {
  return legs.flatMap(({ from, to, asset }) =>
    (kind === 'hold' ? [from, to, HELD] : [from, to]).map((code) => ({ tenantId, code, asset })),
  )
}

async function openOrBegin(
  manager: EntityManager,
  { tenantIds, beginning, transfers }: BooksRequest,
): Promise<OpenedBooks> {
  const store = bookStoreOf(manager)
  const opened = await store.open(manager, tenantIds, transfers)
  const known = new Set(opened.chains.map(({ head }) => head.tenantId))
  const missing = new Set(beginning.filter((tenantId) => !known.has(tenantId)))
  if (missing.size === 0) return opened
  await store.begin(manager, [...missing])
  const ofMissing = transfers.filter(({ tenantId }) => missing.has(tenantId))
  const begun = await store.open(manager, [...missing], ofMissing)
  return { chains: [...opened.chains, ...begun.chains], transfers: [...opened.transfers, ...begun.transfers] }
}

/** A transfer that was tampered with names no accounts: it will be refused. */
function endingAccounts(
  chainKey: ChainKey,
  ending: readonly TransferReference[],
  transfers: readonly TransferRow[],
): AccountReference[] {
  const names = new Set(ending.map(nameOf))
  return transfers
    .filter((row) => row.state === 'pending' && names.has(nameOf(row)) && isSealed(chainKey, row))
    .flatMap((row) => accountsOf(row.tenantId, toTransfer(row)))
}

function nameOf({ tenantId, transferId }: TransferReference): string {
  return `${tenantId}\n${transferId}`
}

function distinct(accounts: readonly AccountReference[]): AccountReference[] {
  const named = accounts.map((account) => [`${account.tenantId}\n${accountKey(account.code, account.asset)}`, account])
  return [...new Map(named as [string, AccountReference][]).values()]
}

function byTenant<Row extends { tenantId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(row.tenantId)
    if (group === undefined) groups.set(row.tenantId, [row])
    else group.push(row)
  }
  return groups
}
