import { HELD, type Ledger } from '@veramo-studio/ledger'
import { encodeCursor, kitErrors, parsePageArgs, type PagePosition } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { toAmount } from './amount.js'
import { moneyAccount, moneyAsset } from './money-account.js'
import { parsePeriod, type Period } from './parse-period.js'
import type { ReadMoneyDeps } from './post-money.js'
import { scanTransactions, type NumberedTransaction } from './read-transactions.js'
import { toCsv } from './statement-csv.js'
import { requireAccount } from './typeorm/account-store.js'
import type { PaymentNetwork } from './types/PaymentKeys.js'
import type { AccountManagerGetStatementArgs, AccountStatement, StatementMovement } from './types/Statement.js'

/** A customer's money on one network, as the ledger counts it. */
interface NetworkMoney {
  tenantId: string
  network: PaymentNetwork
}

/** The numbers of the journal's entries that a page lies between: after the first, up to the last. */
interface PageRange {
  /** Before the period. */
  openingSeq: number
  /** Of the last entry of the page before. */
  afterSeq: number
  /** Of the last entry of the period. */
  closingSeq: number
}

export async function getStatement(
  { database, ledger }: ReadMoneyDeps,
  args: AccountManagerGetStatementArgs,
): Promise<AccountStatement> {
  const { network, format = 'json' } = args
  const money = { tenantId: database.customerId(args.customerId), network }
  const { limit, after } = parsePageArgs(args)
  const period = parsePeriod(args)
  return database.read(
    async (manager) => {
      await requireAccount(manager, money.tenantId)
      const reader = new BookedMoney(ledger, manager, money)
      const range = await reader.rangeOf(period, after)
      const opening = await reader.balanceAfter(range.openingSeq)
      const closing = await reader.balanceAfter(range.closingSeq)
      const page = await reader.readPage(range, limit)
      const [openingBalance, closingBalance] = [toAmount(opening), toAmount(closing)]
      const { from = null, to = null } = period
      const { movements, nextCursor } = page
      const isFirst = after === undefined
      const shown =
        format === 'json'
          ? { movements }
          : {
              csv: toCsv({
                movements,
                opening: isFirst ? { balance: openingBalance, at: from } : undefined,
                closing: nextCursor === undefined ? { balance: closingBalance, at: to } : undefined,
              }),
            }
      return {
        ...{ customerId: money.tenantId, network, from, to, openingBalance, closingBalance },
        ...shown,
        ...(nextCursor !== undefined && { nextCursor }),
      }
    },
    { tenantId: money.tenantId },
  )
}

/**
 * What a customer has on a network: credit, deposit and what calls have set aside of them, which is the customer's until
 * it is paid. So it changes with movements that are for good, and with no others.
 */
class BookedMoney {
  private readonly asset: string
  private readonly codes: readonly string[]

  constructor(
    private readonly ledger: Ledger,
    private readonly manager: EntityManager,
    private readonly money: NetworkMoney,
  ) {
    const { network } = money
    this.asset = moneyAsset(network)
    this.codes = [moneyAccount('credit', network).code, moneyAccount('deposit', network).code, HELD]
  }

  /** A time stands for the place in the journal that the ledger gives it; the first page finds it, for all of them. */
  async rangeOf({ from, to }: Period, after: PagePosition | undefined): Promise<PageRange> {
    const openingSeq = from === undefined ? 0 : await this.lastSeqBefore(from)
    if (after !== undefined) return { openingSeq, ...parsePosition(after) }
    const closingSeq = Math.max(openingSeq, await this.lastSeqBefore(to))
    return { openingSeq, afterSeq: openingSeq, closingSeq }
  }

  async balanceAfter(seq: number): Promise<bigint> {
    if (seq === 0) return 0n
    let sum = 0n
    for (const code of this.codes) {
      const { entries } = await this.ledger.statement(this.manager, {
        ...{ tenantId: this.money.tenantId, asset: this.asset, code },
        ...{ beforeSeq: seq + 1, first: 'newest', limit: 1 },
      })
      const [last] = entries
      if (last !== undefined) sum += last.fromCode === code ? last.fromBalance : last.toBalance
    }
    return sum
  }

  async readPage(
    { afterSeq, closingSeq }: PageRange,
    limit: number,
  ): Promise<{ movements: StatementMovement[]; nextCursor?: string }> {
    const { found, reached } = await scanTransactions(this.ledger, this.manager, {
      entries: { tenantId: this.money.tenantId, asset: this.asset, afterSeq, beforeSeq: closingSeq + 1 },
      count: limit + 1,
      mayFit: () => true,
      fits: () => true,
    })
    const shown = found.slice(0, limit)
    const movements = withBalances(shown, await this.balanceAfter(afterSeq))
    const last = found.length > limit ? lastOf(shown) : reached
    if (last === undefined) return { movements }
    return { movements, nextCursor: encodeCursor({ createdAt: last.createdAt, id: `${last.seq}-${closingSeq}` }) }
  }

  /** Of the entries of this money; all of them, where no time is given. */
  private async lastSeqBefore(to: string | undefined): Promise<number> {
    const { entries } = await this.ledger.statement(this.manager, {
      ...{ tenantId: this.money.tenantId, asset: this.asset, first: 'newest', limit: 1 },
      ...(to !== undefined && { to }),
    })
    return entries[0]?.seq ?? 0
  }
}

function withBalances(found: readonly NumberedTransaction[], before: bigint): StatementMovement[] {
  let balance = before
  return found.map(({ transaction }) => {
    const amount = BigInt(transaction.amount.amount)
    balance += transaction.direction === 'in' ? amount : -amount
    return { ...transaction, balance: toAmount(balance) }
  })
}

function lastOf(found: readonly NumberedTransaction[]): { seq: number; createdAt: string } | undefined {
  const last = found.at(-1)
  return last && { seq: last.seq, createdAt: last.transaction.createdAt }
}

function parsePosition({ id }: PagePosition): { afterSeq: number; closingSeq: number } {
  const [, afterSeq, closingSeq] = /^(\d{1,15})-(\d{1,15})$/.exec(id) ?? []
  if (afterSeq === undefined) throw kitErrors.invalid_argument('cursor is not one that a previous page returned')
  return { afterSeq: Number(afterSeq), closingSeq: Number(closingSeq) }
}
