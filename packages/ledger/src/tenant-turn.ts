import type { EntityManager } from 'typeorm'
import { writeBooks } from './apply-operations.js'
import { accountKey } from './balance-sheet.js'
import type { TenantBooks } from './books.js'
import type { HoldRequest } from './check-request.js'
import { settleTransfer, voidTransfer, type SettleRequest, type SettleResult, type VoidResult } from './end-transfer.js'
import type { AccountReference } from './entry.js'
import { accountsOf, openBooks } from './open-books.js'
import { holdOperation, type HoldResult } from './operations.js'
import type { LedgerDeps } from './start-transfer.js'
import { toBalance } from './typeorm/account-store.js'
import { bookStoreOf } from './typeorm/book-store.js'

export type AccountName = Omit<AccountReference, 'tenantId'>

/** What is needed of a tenant's books from the start. */
export interface TurnRequest {
  tenantId: string
  /** Accounts that are looked at or moved. Where any are named, a journal begins that is not there. */
  accounts?: readonly AccountName[]
  /** Transfers that may be ended; their accounts need not be named. */
  ending?: readonly string[]
}

/**
 * A tenant's books, in the hands of one write until it ends: what is looked at stays so, and what is held and ended, one
 * after another, shows in the balances at once. It is written when the turn is over, in as many statements as one
 * transfer would take.
 */
export class TenantTurn {
  private readonly known: Set<string>

  private constructor(
    private readonly deps: LedgerDeps,
    private readonly manager: EntityManager,
    private readonly opened: { tenantId: string; books: TenantBooks | undefined; accounts: readonly AccountName[] },
  ) {
    this.known = new Set(opened.accounts.map(nameOf))
  }

  static async begin(deps: LedgerDeps, manager: EntityManager, request: TurnRequest): Promise<TenantTurn> {
    const { tenantId, accounts = [], ending = [] } = request
    const transfers = ending.map((transferId) => ({ tenantId, transferId }))
    const opened = await openBooks(deps.chainKey, manager, {
      tenantIds: [tenantId],
      beginning: accounts.length > 0 ? [tenantId] : [],
      ...{ transfers, ending: transfers },
      accounts: accounts.map(({ code, asset }) => ({ tenantId, code, asset })),
    })
    return new TenantTurn(deps, manager, { tenantId, books: opened.get(tenantId), accounts })
  }

  /** Of an account that was named. 0 where it was never used. */
  balance({ code, asset }: AccountName): bigint {
    this.assertKnown([{ code, asset }])
    return this.opened.books?.sheet.get(code, asset) ?? 0n
  }

  /** Names further accounts. */
  async look(accounts: readonly AccountName[]): Promise<void> {
    const { tenantId, books } = this.opened
    const unknown = [...new Map(accounts.map((account) => [nameOf(account), account])).values()].filter(
      (account) => !this.known.has(nameOf(account)),
    )
    if (unknown.length === 0) return
    const references = unknown.map(({ code, asset }) => ({ tenantId, code, asset }))
    const rows = await bookStoreOf(this.manager).readAccounts(this.manager, references)
    books?.learn(rows.map(toBalance))
    for (const account of unknown) this.known.add(nameOf(account))
  }

  /**
   * Sets amounts aside, of accounts that were named (and of `held` in each asset). The transfer must be a new one: an id
   * that was used before undoes the write.
   */
  hold(request: HoldRequest): HoldResult {
    const operation = holdOperation(this.deps, request)
    this.assertOwn(operation)
    if (operation.start !== undefined) this.assertKnown(accountsOf(operation.tenantId, operation.start))
    return operation.decide(this.opened.books)
  }

  settle(request: SettleRequest): SettleResult {
    this.assertOwn(request)
    return settleTransfer(this.deps, this.opened.books, request)
  }

  void(transferId: string): VoidResult {
    const { tenantId, books } = this.opened
    return voidTransfer(this.deps, books, { tenantId, transferId })
  }

  /** Ends the turn's work; `ledger.turn` does it. */
  async write(): Promise<void> {
    const { books } = this.opened
    if (books !== undefined) await writeBooks(this.manager, [books])
  }

  private assertOwn({ tenantId }: { tenantId: string }): void {
    if (tenantId !== this.opened.tenantId) throw new TypeError(`it is not the turn of ${tenantId}`)
  }

  /** What was not read would count as 0, and be written so. */
  private assertKnown(accounts: readonly AccountName[]): void {
    const unknown = accounts.find((account) => !this.known.has(nameOf(account)))
    if (unknown !== undefined) throw new TypeError(`account ${unknown.code} of ${unknown.asset} was not looked at`)
  }
}

function nameOf({ code, asset }: AccountName): string {
  return accountKey(code, asset)
}
