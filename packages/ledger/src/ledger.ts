import type { KeyObject } from 'node:crypto'
import { systemClock, type Clock, type Database } from '@veramo-studio/plugin-kit'
import { EntityManager } from 'typeorm'
import { ChainKey } from './chain-key.js'
import { assertIdentifier, assertLimit, checkRequest, type HoldRequest, type PostRequest } from './check-request.js'
import {
  expireTransfer,
  settleTransfer,
  voidTransfer,
  type ExpireResult,
  type SettleRequest,
  type SettleResult,
  type VoidResult,
} from './end-transfer.js'
import type { AccountBalance, AccountReference, LedgerHead } from './entry.js'
import { inTurn } from './in-turn.js'
import { getTransfer, listDueTransfers, listPendingTransfers, type PendingQuery } from './list-transfers.js'
import {
  readBalanceAt,
  readBalanceNow,
  readBalancesNow,
  readStatement,
  type Statement,
  type StatementQuery,
} from './read-statement.js'
import { rescheduleTransfer, type RescheduleRequest, type RescheduleResult } from './reschedule-transfer.js'
import { startTransfer, type Insufficient, type LedgerDeps } from './start-transfer.js'
import type { LedgerTransfer, PendingTransfer, TransferReference } from './transfer.js'
import { readAccounts } from './typeorm/account-store.js'
import { readHead, readHeads } from './typeorm/chain-store.js'
import { verifyLedger, type LedgerVerification, type VerifyOptions } from './verify-ledger.js'

export interface LedgerOptions {
  /** A secret key of at least 32 bytes. Whoever has it can rewrite the journal unnoticed; no other key verifies it. */
  chainKey: KeyObject
  /** Default: the system's. */
  clock?: Clock
}

/** `replayed`: the transfer was there before, perhaps in another state by now, and nothing was changed. */
export type PostResult = { outcome: 'posted'; transfer: LedgerTransfer; replayed: boolean } | Insufficient
/** `replayed`: the transfer was there before, perhaps in another state by now, and nothing was changed. */
export type HoldResult = { outcome: 'held'; transfer: LedgerTransfer; replayed: boolean } | Insufficient

/**
 * A double-entry ledger. Methods that change it take the manager of a `database.write`, and are kept or undone with the
 * rest of that write: let what they throw through, so that it is undone. They throw `invalid_argument` and
 * `amount_invalid` for what is asked wrongly, `balance_overflow` past 64 bits, and `ledger_corrupt` where a row that
 * they need is not as the ledger wrote it. Reading methods take any manager.
 */
export class Ledger {
  private readonly deps: LedgerDeps

  /** Throws `setting_invalid` where the key is not fit. */
  constructor({ chainKey, clock = systemClock }: LedgerOptions) {
    this.deps = { chainKey: new ChainKey(chainKey), clock }
  }

  /** Moves amounts for good. Throws `transfer_conflict` where the id was used for something else. */
  async post(manager: EntityManager, request: PostRequest): Promise<PostResult> {
    const checked = checkRequest('post', { ...request, expiresAt: null })
    const result = await inTurn(manager, () => startTransfer(this.deps, manager, checked))
    return result.outcome === 'started' ? { ...result, outcome: 'posted' } : result
  }

  /** Sets amounts aside in `held`. Throws `transfer_conflict` where the id was used for something else. */
  async hold(manager: EntityManager, request: HoldRequest): Promise<HoldResult> {
    const checked = checkRequest('hold', request)
    const result = await inTurn(manager, () => startTransfer(this.deps, manager, checked))
    return result.outcome === 'started' ? { ...result, outcome: 'held' } : result
  }

  /** Pays what a hold has set aside to where its legs say, and returns the rest to where it came from. */
  async settle(manager: EntityManager, request: SettleRequest): Promise<SettleResult> {
    return inTurn(manager, () => settleTransfer(this.deps, manager, request))
  }

  /** Returns what a hold has set aside. */
  async void(manager: EntityManager, reference: TransferReference): Promise<VoidResult> {
    return inTurn(manager, () => voidTransfer(this.deps, manager, reference))
  }

  /** Returns what a hold has set aside, if its time has come by the ledger's clock. */
  async expire(manager: EntityManager, reference: TransferReference): Promise<ExpireResult> {
    return inTurn(manager, () => expireTransfer(this.deps, manager, reference))
  }

  /** Changes when a hold may be expired; null for never. */
  async reschedule(manager: EntityManager, request: RescheduleRequest): Promise<RescheduleResult> {
    return inTurn(manager, () => rescheduleTransfer(this.deps, manager, request))
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

  /** All accounts that a tenant has used, also those with a balance of 0. */
  async balances(manager: EntityManager, tenantId: string): Promise<AccountBalance[]> {
    assertIdentifier(tenantId, 'tenantId')
    return readAccounts(manager, tenantId)
  }

  /** 0 where the account was never used. */
  async balance(manager: EntityManager, account: AccountReference): Promise<bigint> {
    return readBalanceNow(manager, account)
  }

  /** The same of several accounts, in their order. Up to 400 are one statement: they belong together. */
  async balancesOf(
    manager: EntityManager,
    tenantId: string,
    accounts: readonly Omit<AccountReference, 'tenantId'>[],
  ): Promise<bigint[]> {
    return readBalancesNow(manager, tenantId, accounts)
  }

  /** The balance after the last entry that was stamped at `at` (ISO-8601, UTC) or before. */
  async balanceAt(manager: EntityManager, query: AccountReference & { at: string }): Promise<bigint> {
    return readBalanceAt(manager, query)
  }

  /** A page of a tenant's entries, oldest first. It costs the same wherever it is and however long the journal. */
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

  /** Checks the books against themselves, page by page, while others write. Reads only. */
  async verify(source: Database | EntityManager, options: VerifyOptions = {}): Promise<LedgerVerification> {
    const verify = (manager: EntityManager) => verifyLedger(manager, this.deps.chainKey, options)
    return source instanceof EntityManager ? verify(source) : source.read(verify)
  }
}
