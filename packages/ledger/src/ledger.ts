import type { KeyObject } from 'node:crypto'
import { rowsOf, systemClock, type Clock, type Database } from '@veramo-studio/plugin-kit'
import { EntityManager } from 'typeorm'
import { ChainKey } from './chain-key.js'
import { applyOperations, type Decision, type LedgerOperation } from './apply-operations.js'
import { assertIdentifier, assertLimit, type HoldRequest, type PostRequest } from './check-request.js'
import { closeBooks } from './close-books.js'
import type { ExpireResult, SettleRequest, SettleResult, VoidResult } from './end-transfer.js'
import type { AccountBalance, AccountReference, LedgerHead } from './entry.js'
import { exportHeads } from './export-heads.js'
import { inTurn } from './in-turn.js'
import { LedgerQueue } from './ledger-queue.js'
import { getTransfer, listDueTransfers, listPendingTransfers, type PendingQuery } from './list-transfers.js'
import {
  expireOperation,
  holdOperation,
  postOperation,
  rescheduleOperation,
  settleOperation,
  voidOperation,
  type HoldResult,
  type PostResult,
} from './operations.js'
import {
  readBalanceAt,
  readBalanceNow,
  readBalances,
  readStatement,
  type Statement,
  type StatementQuery,
} from './read-statement.js'
import type { RescheduleRequest, RescheduleResult } from './reschedule-transfer.js'
import type { LedgerDeps } from './start-transfer.js'
import { TenantTurn, type TurnRequest } from './tenant-turn.js'
import type { LedgerTransfer, PendingTransfer, TransferReference } from './transfer.js'
import { readHead, readHeads } from './typeorm/chain-store.js'
import { listenTo, verifyLedger, type LedgerVerification, type VerifyOptions } from './verify-ledger.js'

export interface LedgerOptions {
  /** A secret key of at least 32 bytes. Whoever has it can rewrite the journal unnoticed; no other key verifies it. */
  chainKey: KeyObject
  /** Default: the system's. */
  clock?: Clock
}

/**
 * A double-entry ledger. Methods that change it take the manager of a `database.write`, and are kept or undone with the
 * rest of that write: let what they throw through, so that it is undone. They throw `invalid_argument` and
 * `amount_invalid` for what is asked wrongly, `balance_overflow` past 64 bits, `account_closed` where the tenant's books
 * are closed, and `ledger_corrupt` where a row that they need is not as the ledger wrote it. Reading methods take any manager.
 */
export class Ledger {
  private readonly deps: LedgerDeps

  /** Throws `setting_invalid` where the key is not fit. */
  constructor({ chainKey, clock = systemClock }: LedgerOptions) {
    this.deps = { chainKey: new ChainKey(chainKey), clock }
  }

  /** Moves amounts for good. Throws `transfer_conflict` where the id was used for something else. */
  async post(manager: EntityManager, request: PostRequest): Promise<PostResult> {
    return this.apply(manager, postOperation(this.deps, request))
  }

  /** Sets amounts aside in `held`. Throws `transfer_conflict` where the id was used for something else. */
  async hold(manager: EntityManager, request: HoldRequest): Promise<HoldResult> {
    return this.apply(manager, holdOperation(this.deps, request))
  }

  /** Pays what a hold has set aside to where its legs say, and returns the rest to where it came from. */
  async settle(manager: EntityManager, request: SettleRequest): Promise<SettleResult> {
    return this.apply(manager, settleOperation(this.deps, request))
  }

  /** Returns what a hold has set aside. */
  async void(manager: EntityManager, reference: TransferReference): Promise<VoidResult> {
    return this.apply(manager, voidOperation(this.deps, reference))
  }

  /** Returns what a hold has set aside, if its time has come by the ledger's clock. */
  async expire(manager: EntityManager, reference: TransferReference): Promise<ExpireResult> {
    return this.apply(manager, expireOperation(this.deps, reference))
  }

  /** Changes when a hold may be expired; null for never. */
  async reschedule(manager: EntityManager, request: RescheduleRequest): Promise<RescheduleResult> {
    return this.apply(manager, rescheduleOperation(this.deps, request))
  }

  /**
   * Closes a tenant's books for good: nothing new is posted or held. What is pending can still be ended, and who asks
   * again for a transfer that was made in time gets it. Until the write ends the books stay as they are, so that whoever
   * closes may look first at what is left in them.
   */
  async close(manager: EntityManager, tenantId: string): Promise<void> {
    return inTurn(manager, () => closeBooks(this.deps, manager, tenantId))
  }

  /**
   * Lets one write decide several things of a tenant by its balances, which nobody else changes meanwhile. Use nothing
   * else of the ledger with this manager until `work` has ended: it would wait for the turn.
   */
  async turn<Result>(
    manager: EntityManager,
    request: TurnRequest,
    work: (turn: TenantTurn) => Promise<Result>,
  ): Promise<Result> {
    return inTurn(manager, async () => {
      const turn = await TenantTurn.begin(this.deps, manager, request)
      const result = await work(turn)
      await turn.write()
      return result
    })
  }

  /** The same operations for callers that change nothing else with them: those that wait share a write. */
  queue(database: Database): LedgerQueue {
    return new LedgerQueue(this.deps, database)
  }

  async getTransfer(manager: EntityManager, reference: TransferReference): Promise<LedgerTransfer | undefined> {
    return getTransfer(this.deps, manager, reference)
  }

  /** Pending transfers of all tenants whose time has come by `now`, those of the earliest time first. 1 to 1,000. */
  async listDue(manager: EntityManager, now: Date, limit: number): Promise<PendingTransfer[]> {
    return listDueTransfers(manager, { now, limit })
  }

  /** Pending transfers, by tenant and transfer id. */
  async listPending(manager: EntityManager, query: PendingQuery = {}): Promise<PendingTransfer[]> {
    return listPendingTransfers(manager, query)
  }

  /**
   * All accounts that a tenant has used, also those with a balance of 0, by code and asset. Or those that are named,
   * in the order of their names, and 0 where one was never used: up to 400 as of one instant.
   */
  async balances(
    manager: EntityManager,
    tenantId: string,
    named?: readonly Omit<AccountReference, 'tenantId'>[],
  ): Promise<AccountBalance[]> {
    return readBalances(manager, tenantId, named)
  }

  /** 0 where the account was never used. */
  async balance(manager: EntityManager, account: AccountReference): Promise<bigint> {
    return readBalanceNow(manager, account)
  }

  /** The balance after all that was stamped at `at` (ISO-8601, UTC) or before. */
  async balanceAt(manager: EntityManager, query: AccountReference & { at: string }): Promise<bigint> {
    return readBalanceAt(manager, query)
  }

  /**
   * A page of a tenant's entries, oldest or newest first: all, those of an asset, of an account, of a time. It costs the
   * same wherever it is and however long the journal.
   */
  async statement(manager: EntityManager, query: StatementQuery): Promise<Statement> {
    return readStatement(manager, query)
  }

  async head(manager: EntityManager, tenantId: string): Promise<LedgerHead> {
    assertIdentifier(tenantId, 'tenantId')
    return readHead(manager, tenantId)
  }

  /** Heads of the tenants after `after` (default: from the first), ordered by tenant. Limit: 1 to 1,000. */
  async heads(manager: EntityManager, { after = '', limit }: { after?: string; limit: number }): Promise<LedgerHead[]> {
    assertLimit(limit)
    return readHeads(manager, { after, limit })
  }

  /**
   * The heads of all tenants, each a line of JSON, to be kept where whoever can change the database cannot: `verify` takes
   * the lines as `knownHeads`.
   */
  exportHeads(source: Database | EntityManager): AsyncGenerator<string> {
    return exportHeads((work) =>
      source instanceof EntityManager ? work(source) : source.read(work, { acrossTenants: true }),
    )
  }

  /** Checks the books against themselves, page by page, while others write. Reads only. */
  async verify(source: Database | EntityManager, options: VerifyOptions = {}): Promise<LedgerVerification> {
    const knownHeads = listenTo(options.knownHeads ?? [])
    const verify = (manager: EntityManager) => verifyLedger(manager, this.deps.chainKey, { ...options, knownHeads })
    return source instanceof EntityManager ? verify(source) : source.read(verify, rowsOf(options.tenantId))
  }

  private async apply<Result>(manager: EntityManager, operation: LedgerOperation<Result>): Promise<Result> {
    const { chainKey } = this.deps
    const decisions = await inTurn(manager, () => applyOperations(chainKey, manager, [operation]))
    const [decision] = decisions as [Decision<Result>]
    if (!decision.ok) throw decision.error
    return decision.value
  }
}
