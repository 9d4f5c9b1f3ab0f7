import type { LedgerEntry, LedgerTransfer } from '@veramo-studio/ledger'
import { kitErrors, parsePageArgs, toPage, type PagePosition } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { MoneyDeps } from './credit-account.js'
import { latestEntries } from './latest-entries.js'
import { moneyAsset, NETWORKS } from './money-account.js'
import { requireAccount } from './require-account.js'
import { toTransaction } from './to-transaction.js'
import type { AccountManagerListTransactionsArgs, Transaction, TransactionPage } from './types/IAccountManager.js'

interface NumberedTransaction {
  /** Of the journal's entry. */
  seq: number
  transaction: Transaction
}

export async function listTransactions(
  { database, ledger }: MoneyDeps,
  args: AccountManagerListTransactionsArgs,
): Promise<TransactionPage> {
  const tenantId = database.customerId(args.customerId)
  const { limit, after } = parsePageArgs(args)
  const before = after === undefined ? Infinity : seqOf(after)
  const assets = args.network === undefined ? NETWORKS.map(moneyAsset) : [moneyAsset(args.network)]
  return database.read(async (manager) => {
    await requireAccount(manager, tenantId)
    const { seq } = await ledger.head(manager, tenantId)
    const upToSeq = Math.min(seq, before - 1)
    const found: NumberedTransaction[] = []
    for (const asset of assets) {
      found.push(...(await latestTransactions({ ledger, manager }, { tenantId, asset, upToSeq, count: limit + 1 })))
    }
    return toPage(
      found.sort((one, other) => other.seq - one.seq),
      limit,
      {
        position: (row) => ({ createdAt: row.transaction.createdAt, id: String(row.seq) }),
        item: (row) => row.transaction,
      },
    )
  })
}

interface LatestQuery {
  tenantId: string
  asset: string
  upToSeq: number
  count: number
}

async function latestTransactions(
  { ledger, manager }: { ledger: MoneyDeps['ledger']; manager: EntityManager },
  { tenantId, asset, upToSeq, count }: LatestQuery,
): Promise<NumberedTransaction[]> {
  const found: NumberedTransaction[] = []
  for await (const entry of latestEntries(ledger, manager, { tenantId, asset, upToSeq })) {
    if (!isForGood(entry)) continue
    const transaction = toTransaction(requireTransfer(await ledger.getTransfer(manager, entry), entry), entry)
    if (transaction === undefined) continue
    found.push({ seq: entry.seq, transaction })
    if (found.length === count) return found
  }
  return found
}

/** What is set aside, and what of it returns, has come to nobody yet. */
function isForGood({ kind }: LedgerEntry): boolean {
  return kind === 'post' || kind === 'settle'
}

function requireTransfer(transfer: LedgerTransfer | undefined, { seq, transferId }: LedgerEntry): LedgerTransfer {
  if (transfer === undefined) throw new Error(`entry ${seq} is of transfer ${transferId}, which is not there`)
  return transfer
}

function seqOf({ id }: PagePosition): number {
  if (!/^[1-9]\d{0,14}$/.test(id)) throw kitErrors.invalid_argument('cursor is not one that a previous page returned')
  return Number(id)
}
