import type { LedgerEntry } from '@veramo-studio/ledger'
import { encodeCursor, kitErrors, parsePageArgs, type PagePosition } from '@veramo-studio/plugin-kit'
import { moneyAccount, moneyAsset, NETWORKS, OUTSIDE_CORRECTION, OUTSIDE_OPERATOR } from './money-account.js'
import { parsePeriod } from './parse-period.js'
import type { ReadMoneyDeps } from './post-money.js'
import { scanTransactions, type Scan } from './read-transactions.js'
import { mayBeOfType } from './to-transaction.js'
import { requireAccount } from './typeorm/account-store.js'
import type { AccountManagerListTransactionsArgs, Transaction, TransactionPage } from './types/Money.js'
import type { PaymentNetwork } from './types/PaymentKeys.js'

export async function listTransactions(
  { database, ledger }: ReadMoneyDeps,
  args: AccountManagerListTransactionsArgs,
): Promise<TransactionPage> {
  const tenantId = database.customerId(args.customerId)
  const { limit, after } = parsePageArgs(args)
  const { from, to } = parsePeriod(args)
  const { type, source, network: only } = args
  const range = {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(after !== undefined && { beforeSeq: seqOf(after) }),
  }
  return database.read(
    async (manager) => {
      await requireAccount(manager, tenantId)
      const scans: Scan[] = []
      for (const network of only === undefined ? NETWORKS : [only]) {
        const code = accountOf(type, network)
        const scan = await scanTransactions(ledger, manager, {
          entries: { tenantId, asset: moneyAsset(network), ...(code && { code }), ...range, first: 'newest' },
          count: limit + 1,
          mayFit: (entry) => type === undefined || mayBeOfType(entry, type),
          fits: (transaction) =>
            (type === undefined || transaction.type === type) &&
            (source === undefined || transaction.source === source),
        })
        scans.push(scan)
      }
      return toTransactionPage(scans, limit)
    },
    { tenantId },
  )
}

/** The account of the ledger that all transactions of a type touch, and few others. */
function accountOf(type: Transaction['type'] | undefined, network: PaymentNetwork): string | undefined {
  if (type === 'credit') return OUTSIDE_OPERATOR
  if (type === 'correction') return OUTSIDE_CORRECTION
  return type === 'deposit' ? moneyAccount('deposit', network).code : undefined
}

/** Nothing is shown that lies behind what a scan has not looked at: it comes in its turn. */
function toTransactionPage(scans: readonly Scan[], limit: number): TransactionPage {
  const unfinished = scans.flatMap(({ reached }) => (reached === undefined ? [] : [reached]))
  const [horizon] = unfinished.sort((one, other) => other.seq - one.seq)
  const inOrder = scans
    .flatMap(({ found }) => found)
    .filter(({ seq }) => horizon === undefined || seq >= horizon.seq)
    .sort((one, other) => other.seq - one.seq)
  const shown = inOrder.slice(0, limit)
  const items = shown.map(({ transaction }) => transaction)
  const last = shown.at(-1)
  if (inOrder.length > limit && last !== undefined) {
    return { items, nextCursor: encodeCursor({ createdAt: last.transaction.createdAt, id: String(last.seq) }) }
  }
  return horizon === undefined ? { items } : { items, nextCursor: encodeCursor(positionOf(horizon)) }
}

function positionOf({ createdAt, seq }: LedgerEntry): PagePosition {
  return { createdAt, id: String(seq) }
}

function seqOf({ id }: PagePosition): number {
  if (!/^[1-9]\d{0,14}$/.test(id)) throw kitErrors.invalid_argument('cursor is not one that a previous page returned')
  return Number(id)
}
