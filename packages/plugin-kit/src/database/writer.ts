import { AsyncResource } from 'node:async_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { EntityManager } from 'typeorm'
import { currentContext, runInWrite, type Scope } from '../call-context.js'
import { kitErrors } from '../kit-errors.js'
import { isDeadlock, toStoreFault } from './store-fault.js'
import type { WriterConnection } from './writer-connection.js'

export interface WriteOptions {
  /** Whose rows the work may touch. Default: the caller's. */
  scope?: Scope | undefined
  /** Whose rows the work locks, where that is not the tenant of its scope. */
  tenantId?: string | undefined
  /** Gives the work a transaction that it shares with nobody. */
  alone?: boolean
  /**
   * Leaves it to the next durable write of this process to make this one durable too, unless it shares its commit with
   * one that is. For work whose caller acknowledges nothing before such a write has followed.
   */
  relaxed?: boolean
}

export interface WriterOptions {
  /** Callers that may share one commit. */
  maxBatch: number
  /** How long one piece of work may take before it is undone. */
  workTimeoutMs: number
}

const DEADLOCK_RETRIES = 3
/** Batches of relaxed work that may go before durable work that waits. */
const MAX_RELAXED_IN_TURN = 8

type Outcome = { ok: true; value: unknown } | { ok: false; error: Error }

interface Waiting {
  run: (manager: EntityManager) => Promise<unknown>
  scope: Scope | undefined
  tenantId: string
  alone: boolean
  relaxed: boolean
  attempts: number
  settle: (outcome: Outcome) => void
}

/**
 * Gives every write of a process its turn on one connection, and lets those that wait share a commit. Each caller has
 * a savepoint, an outcome and a context of its own: neither another's failure nor another's tenant reaches it.
 */
export class Writer {
  private readonly queue: Waiting[] = []
  private draining: Promise<void> | undefined
  private closed = false
  private relaxedInTurn = 0

  constructor(
    private readonly connection: WriterConnection,
    private readonly options: WriterOptions,
  ) {}

  async write<T>(work: (manager: EntityManager) => Promise<T>, options: WriteOptions = {}): Promise<T> {
    if (this.closed) throw kitErrors.store_unavailable('the database is closed')
    const context = currentContext()
    // A write inside a write would wait for itself.
    if (context.runningWrite?.active && context.runningWrite.writer === this) {
      throw kitErrors.writer_reentered('hand the manager of the outer write on instead')
    }
    const scope = options.scope ?? context.scope
    // The batch that runs the work belongs to whoever came first: the work runs in its own caller's context. (Not with
    // AsyncResource.bind, which costs Node 20 as much as a statement costs SQLite.)
    const caller = new AsyncResource('studio.write')
    return new Promise<T>((resolve, reject) => {
      this.queue.push({
        run: (manager) => caller.runInAsyncScope(() => this.runMarked(work, manager)),
        scope,
        tenantId: options.tenantId ?? (scope?.kind === 'tenant' ? scope.tenantId : ''),
        alone: options.alone ?? false,
        relaxed: options.relaxed ?? false,
        attempts: 0,
        settle: (outcome) => (outcome.ok ? resolve(outcome.value as T) : reject(outcome.error)),
      })
      this.draining ??= this.drain()
    })
  }

  /** Finishes what waits and refuses what comes after. */
  async close(): Promise<void> {
    this.closed = true
    await this.draining
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) {
      // A turn of the event loop lets the callers of this turn into the batch, and I/O in between two batches.
      await nextTurn()
      await this.runBatch(this.takeBatch())
    }
    this.draining = undefined
  }

  private takeBatch(): Waiting[] {
    const firstAlone = this.queue.findIndex((waiting) => waiting.alone)
    if (firstAlone === 0) return this.queue.splice(0, 1)
    const available = firstAlone < 0 ? this.queue.length : firstAlone
    const batch = this.takeRelaxed(available) ?? this.queue.splice(0, Math.min(available, this.options.maxBatch))
    // Every process locks tenants in the same order: two batches cannot wait for each other.
    return batch.sort((a, b) => (a.tenantId < b.tenantId ? -1 : a.tenantId > b.tenantId ? 1 : 0))
  }

  /**
   * Takes only relaxed work where there is some: its commit is cheap, its callers come back with more, and meanwhile
   * durable work gathers that can wait for the disk together. Not for ever, though.
   */
  private takeRelaxed(available: number): Waiting[] | undefined {
    const candidates = this.queue.slice(0, available)
    const relaxed = candidates.filter((waiting) => waiting.relaxed).slice(0, this.options.maxBatch)
    const isTurn = relaxed.length > 0 && this.relaxedInTurn < MAX_RELAXED_IN_TURN
    this.relaxedInTurn = isTurn ? this.relaxedInTurn + 1 : 0
    if (!isTurn) return undefined
    const taken = new Set(relaxed)
    this.queue.splice(0, available, ...candidates.filter((waiting) => !taken.has(waiting)))
    return relaxed
  }

  private async runBatch(batch: Waiting[]): Promise<void> {
    const outcomes: Outcome[] = []
    const shared = batch.length > 1
    try {
      await this.connection.begin({ durable: batch.some(({ relaxed }) => !relaxed) })
      for (const waiting of batch) {
        const outcome = await this.runOne(waiting, shared)
        outcomes.push(outcome)
        if (shared && outcome.ok) this.connection.keepWork()
        else if (shared) await this.connection.undoWork()
      }
    } catch (cause) {
      // The transaction itself is lost, and with it what its callers had done.
      await this.connection.abandon()
      return settleLost(batch, outcomes, kitErrors.store_unavailable('the database gave up the transaction', { cause }))
    }
    if (outcomes.every((outcome) => !outcome.ok)) await this.connection.abandon()
    else {
      const fault = await this.commit()
      if (fault !== undefined) return settleLost(batch, outcomes, fault)
    }
    batch.forEach((waiting, index) => this.settleOrRetry(waiting, outcomes[index] as Outcome))
  }

  /** What Postgres gave up to end a deadlock has left no trace, and gets another turn. */
  private settleOrRetry(waiting: Waiting, outcome: Outcome): void {
    if (outcome.ok || !isDeadlock(outcome.error) || waiting.attempts >= DEADLOCK_RETRIES) return waiting.settle(outcome)
    this.queue.push({ ...waiting, alone: true, attempts: waiting.attempts + 1 })
  }

  /** Rejects only where the transaction is lost; what the work throws is its outcome. */
  private async runOne(waiting: Waiting, shared: boolean): Promise<Outcome> {
    const { manager, guard } = await this.connection.enter(waiting.scope, shared)
    const outcome = await this.limited(() => waiting.run(manager))
    const failure = await this.connection.leave(guard)
    return outcome.ok && failure !== undefined ? { ok: false, error: toStoreFault(failure) } : outcome
  }

  private limited(work: () => Promise<unknown>): Promise<Outcome> {
    const { workTimeoutMs } = this.options
    return new Promise((resolve) => {
      const end = (outcome: Outcome) => {
        clearTimeout(timer)
        resolve(outcome)
      }
      const fail = (error: unknown) => end({ ok: false, error: toStoreFault(error) })
      const giveUp = () => fail(kitErrors.store_unavailable(`a write took longer than ${workTimeoutMs} ms`))
      const timer = setTimeout(giveUp, workTimeoutMs)
      work().then((value) => end({ ok: true, value }), fail)
    })
  }

  private async commit(): Promise<Error | undefined> {
    try {
      await this.connection.commit()
      return undefined
    } catch (error) {
      await this.connection.abandon()
      if (this.connection.isCommitRefused(error)) return toStoreFault(error)
      return kitErrors.write_outcome_unknown('the connection was lost while committing', { cause: error })
    }
  }

  private async runMarked<T>(work: (manager: EntityManager) => Promise<T>, manager: EntityManager): Promise<T> {
    const marker = { writer: this, active: true }
    try {
      return await runInWrite(marker, () => work(manager))
    } finally {
      marker.active = false
    }
  }
}

function settleLost(batch: Waiting[], outcomes: Outcome[], fault: Error): void {
  batch.forEach((waiting, index) => {
    const own = outcomes[index]
    waiting.settle(own !== undefined && !own.ok ? own : { ok: false, error: fault })
  })
}
