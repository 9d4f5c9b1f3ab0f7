import type { IAgent } from '@veramo/core-types'
import type { Ledger, LedgerHead } from '@veramo-studio/ledger'
import { runAsOperator, runInTenant, type Clock, type Database } from '@veramo-studio/plugin-kit'
import { toAmount } from './amount.js'
import { followBalance, type Crossing, type WatchedBalance } from './follow-balance.js'
import type { Thresholds } from './low-balance-thresholds.js'
import { MONEY_ACCOUNTS, moneyAsset } from './money-account.js'
import { requireAccount } from './typeorm/account-store.js'
import type { LowBalanceRow } from './typeorm/balance-watch-row.js'
import {
  advanceWatched,
  claimEvent,
  insertLowBalances,
  markEmitted,
  readStart,
  readWaiting,
  readWatched,
  startWatching,
} from './typeorm/balance-watch-store.js'
import type { LowBalanceEvent } from './types/LowBalance.js'
import type { PaymentNetwork } from './types/PaymentKeys.js'

/** The event that an agent emits; its data is a {@link LowBalanceEvent}. */
export const LOW_BALANCE_EVENT = 'accountManager.lowBalance'

export interface BalanceWatchDeps {
  database: Database
  ledger: Ledger
  clock: Clock
  thresholds: Thresholds
}

const HEADS_PAGE = 1000
const AT_ONCE = 48
const ENTRIES_PAGE = 1000
const EVENTS_PAGE = 100
/** How long a process may take to tell an event before another one does. */
const CLAIM_MS = 60_000
/** Customers whose place in the journal is remembered; where there are more, it is read again. */
const MAX_REMEMBERED = 100_000

/**
 * Finds balances that have fallen to a threshold, and tells. It reads what was appended to each customer's journal since
 * it last looked, so that those who pay do not wait for it. A crossing is written down in the commit that moves on from
 * it, and found once by however many processes; it is told at least once, and after a crash once more.
 */
export class BalanceWatch {
  private readonly looked = new Map<string, number>()
  private started: Promise<unknown> | undefined

  constructor(private readonly deps: BalanceWatchDeps) {}

  get isIdle(): boolean {
    return this.deps.thresholds.size === 0
  }

  /** Looks at all customers, or at one, and tells what is to be told. */
  async check(agent: IAgent, tenantId?: string): Promise<{ emitted: number }> {
    return runAsOperator(async () => {
      await this.start()
      if (tenantId === undefined) await this.followAll()
      else await this.followOne(tenantId)
      return { emitted: await this.tell(agent, tenantId) }
    })
  }

  /** What happened before this was first done, by whichever process, is not told. */
  private async start(): Promise<void> {
    const { database, clock, thresholds } = this.deps
    if (this.isIdle) return
    this.started ??= database
      .write((manager) => startWatching(manager, [...thresholds.keys()], clock.now().toISOString()))
      .catch((error: unknown) => {
        this.started = undefined
        throw error
      })
    await this.started
  }

  private async followOne(tenantId: string): Promise<void> {
    const { database, ledger } = this.deps
    const head = await database.read(
      async (manager) => {
        await requireAccount(manager, tenantId)
        return ledger.head(manager, tenantId)
      },
      { tenantId },
    )
    await this.follow(head)
  }

  private async followAll(): Promise<void> {
    const { database, ledger } = this.deps
    if (this.isIdle) return
    let after = ''
    for (;;) {
      const page = await database.read((manager) => ledger.heads(manager, { after, limit: HEADS_PAGE }))
      const moved = page.filter(({ tenantId, seq }) => this.looked.get(tenantId) !== seq)
      // Those of a group share commits.
      for (let first = 0; first < moved.length; first += AT_ONCE) {
        await Promise.all(moved.slice(first, first + AT_ONCE).map((head) => this.follow(head)))
      }
      if (page.length < HEADS_PAGE) return
      after = page.at(-1)?.tenantId ?? after
    }
  }

  private async follow({ tenantId, seq }: LedgerHead): Promise<void> {
    for (const network of this.deps.thresholds.keys()) await this.followNetwork(tenantId, network, seq)
    if (this.looked.size >= MAX_REMEMBERED) this.looked.clear()
    this.looked.set(tenantId, seq)
  }

  private async followNetwork(tenantId: string, network: PaymentNetwork, headSeq: number): Promise<void> {
    const { database } = this.deps
    const from = await database.read((manager) => readWatched(manager, { tenantId, network }), { tenantId })
    const { balance: to, crossings } = await this.readOn({ tenantId, network, headSeq }, from)
    if (to.seq === from.seq) return
    const startedAt = (await database.read((manager) => readStart(manager, network))) ?? ''
    const news = crossings.filter(({ createdAt }) => createdAt >= startedAt)
    await runInTenant(tenantId, () =>
      database.write(
        async (manager) => {
          const isFirst = await advanceWatched(manager, { tenantId, network }, { from, to })
          if (isFirst && news.length > 0) await insertLowBalances(manager, { tenantId, network }, news)
        },
        { tenantId },
      ),
    )
  }

  private async readOn(
    { tenantId, network, headSeq }: { tenantId: string; network: PaymentNetwork; headSeq: number },
    from: WatchedBalance,
  ): Promise<{ balance: WatchedBalance; crossings: Crossing[] }> {
    const { database, ledger, thresholds } = this.deps
    const options = { purses: pursesOn(network), thresholds: thresholds.get(network) ?? [] }
    const crossings: Crossing[] = []
    let balance = from
    for (;;) {
      const query = { tenantId, asset: moneyAsset(network), afterSeq: balance.seq, beforeSeq: headSeq + 1 }
      const page = await database.read((manager) => ledger.statement(manager, { ...query, limit: ENTRIES_PAGE }), {
        tenantId,
      })
      const followed = followBalance(balance, page.entries, options)
      balance = followed.balance
      crossings.push(...followed.crossings)
      if (page.nextAfterSeq === undefined) return { balance, crossings }
    }
  }

  private async tell(agent: IAgent, tenantId: string | undefined): Promise<number> {
    const { database, clock } = this.deps
    let emitted = 0
    for (;;) {
      const now = clock.now().toISOString()
      const waiting = await database.read((manager) => readWaiting(manager, { now, limit: EVENTS_PAGE, tenantId }))
      for (const row of waiting) emitted += await this.tellOne(agent, row)
      if (waiting.length < EVENTS_PAGE) return emitted
    }
  }

  private async tellOne(agent: IAgent, row: LowBalanceRow): Promise<0 | 1> {
    const { database, clock } = this.deps
    const { tenantId } = row
    return runInTenant(tenantId, async () => {
      const claimedUntil = new Date(clock.now().getTime() + CLAIM_MS).toISOString()
      const isOurs = await database.write((manager) => claimEvent(manager, row, claimedUntil), { tenantId })
      if (!isOurs) return 0
      await agent.emit(LOW_BALANCE_EVENT, toEvent(row))
      await database.write((manager) => markEmitted(manager, row, clock.now().toISOString()), { tenantId })
      return 1
    })
  }
}

function pursesOn(network: PaymentNetwork): string[] {
  return MONEY_ACCOUNTS.filter((account) => account.network === network).map(({ code }) => code)
}

function toEvent({ eventId, tenantId, network, available, threshold, createdAt }: LowBalanceRow): LowBalanceEvent {
  return {
    // Told apart across customers too.
    ...{ eventId: `${tenantId}-${eventId}`, customerId: tenantId, network },
    ...{ available: toAmount(BigInt(available)), threshold: toAmount(BigInt(threshold)), createdAt },
  }
}
