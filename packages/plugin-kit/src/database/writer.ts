import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { EntityManager } from 'typeorm'
import { currentContext, type Scope } from '../call-context.js'
import { kitErrors } from '../kit-errors.js'
import { toStoreFault } from './store-fault.js'
import type { WriterConnection } from './writer-connection.js'

export interface WriteOptions {
  scope?: Scope
  /** Gives the work a transaction that it shares with nobody. */
  alone?: boolean
}

export interface WriterOptions {
  /** Callers that may share one commit. */
  maxBatch: number
  /** How long one piece of work may take before it is undone. */
  workTimeoutMs: number
}

type Outcome = { ok: true; value: unknown } | { ok: false; error: Error }

interface Waiting {
  run: (manager: EntityManager) => Promise<unknown>
  scope: Scope | undefined
  alone: boolean
  settle: (outcome: Outcome) => void
}

/** The writer whose work is running here, to tell a write inside a write from the deadlock that it would be. */
const running = new AsyncLocalStorage<{ writer: Writer; active: boolean }>()

/**
 * Gives every write of a process its turn on one connection, and lets those that wait share a commit. Each caller has
 * a savepoint, an outcome and a context of its own: neither another's failure nor another's tenant reaches it.
 */
export class Writer {
  private readonly queue: Waiting[] = []
  private draining: Promise<void> | undefined
  private closed = false

  constructor(
    private readonly connection: WriterConnection,
    private readonly options: WriterOptions,
  ) {}

  async write<T>(work: (manager: EntityManager) => Promise<T>, options: WriteOptions = {}): Promise<T> {
    if (this.closed) throw kitErrors.store_unavailable('the database is closed')
    const outer = running.getStore()
    if (outer?.active && outer.writer === this) {
      throw kitErrors.writer_reentered('hand the manager of the outer write on instead')
    }
    return new Promise<T>((resolve, reject) => {
      this.queue.push({
        // Bound to the caller: the batch that runs it belongs to whoever came first.
        run: AsyncResource.bind((manager: EntityManager) => this.runMarked(work, manager)),
        scope: options.scope ?? currentContext().scope,
        alone: options.alone ?? false,
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
    return this.queue.splice(0, Math.min(available, this.options.maxBatch))
  }

  private async runBatch(batch: Waiting[]): Promise<void> {
    const outcomes: Outcome[] = []
    try {
      await this.connection.begin()
      for (const waiting of batch) outcomes.push(await this.runOne(waiting, batch.length > 1))
    } catch (error) {
      // The transaction itself is lost, and with it what its callers had done.
      await this.connection.abandon()
      return settleLost(batch, outcomes, toStoreFault(error))
    }
    if (outcomes.every((outcome) => !outcome.ok)) await this.connection.abandon()
    else {
      const fault = await this.commit()
      if (fault !== undefined) return settleLost(batch, outcomes, fault)
    }
    batch.forEach((waiting, index) => waiting.settle(outcomes[index] as Outcome))
  }

  /** Rejects only where the transaction is lost; what the work throws is its outcome. */
  private async runOne(waiting: Waiting, shared: boolean): Promise<Outcome> {
    const { manager, guard } = await this.connection.enter(waiting.scope, shared)
    const outcome = await this.limited(() => waiting.run(manager))
    guard.revoke()
    const failure = guard.failure()
    const kept: Outcome = outcome.ok && failure !== undefined ? { ok: false, error: toStoreFault(failure) } : outcome
    if (shared) await (kept.ok ? this.connection.keepWork() : this.connection.undoWork())
    return kept
  }

  private async limited(work: () => Promise<unknown>): Promise<Outcome> {
    const { workTimeoutMs } = this.options
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<never>((_resolve, reject) => {
      const fault = kitErrors.store_unavailable(`a write took longer than ${workTimeoutMs} ms`)
      timer = setTimeout(() => reject(fault), workTimeoutMs)
    })
    try {
      return { ok: true, value: await Promise.race([work(), timeout]) }
    } catch (error) {
      return { ok: false, error: toStoreFault(error) }
    } finally {
      clearTimeout(timer)
    }
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
      return await running.run(marker, () => work(manager))
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
