import { EntityManager, type DataSource, type QueryRunner } from 'typeorm'
import type { Scope } from '../call-context.js'
import { kitErrors } from '../kit-errors.js'
import { guardRunner, type GuardedRunner } from './guarded-runner.js'

/** How a transaction will be committed. */
export interface CommitOptions {
  /**
   * Whether the commit waits for the disk, and for all commits before it. Others are in order all the same: what a power
   * cut takes is the end of the log, never a commit without those after it.
   */
  durable: boolean
}

/** What SQLite and Postgres do differently in a transaction of the writer. */
export interface WriterDialect {
  begin(runner: QueryRunner, commit: CommitOptions): Promise<void>
  /** Makes the scope known to the database, after an optional savepoint. */
  enter(runner: QueryRunner, scope: Scope | undefined, savepoint: string | undefined): Promise<void>
  /** Whether a commit that failed with this error is known to have been rolled back. */
  isCommitRefused(error: unknown): boolean
  /** For a connection that may fall silent: ends it, so that what waits for it fails, when this time has passed. */
  readonly silence?: { limitMs: number; breakOff(runner: QueryRunner): Promise<void> }
}

/** How an engine is connected to. */
export interface Connections {
  writing: DataSource
  reading: DataSource
  dialect: WriterDialect
  reader: Reader
}

/** What SQLite and Postgres do differently where something is read. */
export interface Reader {
  /** Runs work on a connection that reads the rows of a scope. */
  read<T>(scope: Scope | undefined, work: (manager: EntityManager) => Promise<T>): Promise<T>
  /** Runs one statement there, past TypeORM. */
  readRows<Row>(scope: Scope | undefined, statement: string, parameters: readonly unknown[]): Promise<Row[]>
  /** See `Database.changeMarker`. */
  changeMarker(): number | undefined
}

const SAVEPOINT = 'studio_work'

/** The one connection that a process writes through. Statements reach it only in a transaction. */
export class WriterConnection {
  private current: QueryRunner | undefined

  constructor(
    private readonly dataSource: DataSource,
    private readonly dialect: WriterDialect,
  ) {}

  /** Starts a transaction, on a new connection where the last one was lost. */
  async begin(commit: CommitOptions): Promise<void> {
    if (this.current === undefined || this.current.isReleased) this.current = this.dataSource.createQueryRunner()
    await this.current.connect()
    await this.answered(this.dialect.begin(this.current, commit))
  }

  /** Opens one caller's part of the transaction: a savepoint of its own, unless it has the transaction to itself. */
  async enter(scope: Scope | undefined, shared: boolean): Promise<{ manager: EntityManager; guard: GuardedRunner }> {
    const runner = this.runner()
    await this.answered(this.dialect.enter(runner, scope, shared ? SAVEPOINT : undefined))
    markTransaction(runner, true)
    const guard = guardRunner(runner)
    return { manager: new EntityManager(this.dataSource, guard.runner), guard }
  }

  /** Ends one caller's part, and gives the error of the first statement in it that failed. */
  async leave(guard: GuardedRunner): Promise<Error | undefined> {
    return this.answered(guard.end())
  }

  async keepWork(): Promise<void> {
    await this.answered(this.runner().query(`RELEASE SAVEPOINT ${SAVEPOINT}`))
  }

  async undoWork(): Promise<void> {
    await this.answered(this.runner().query(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`))
    await this.keepWork()
  }

  async commit(): Promise<void> {
    const runner = this.runner()
    await this.answered(runner.query('COMMIT'))
    markTransaction(runner, false)
  }

  isCommitRefused(error: unknown): boolean {
    return this.dialect.isCommitRefused(error)
  }

  /** Ends a transaction that is not to be kept, or that is lost already: a connection that cannot roll back is left. */
  async abandon(): Promise<void> {
    const runner = this.current
    if (runner === undefined) return
    markTransaction(runner, false)
    try {
      await this.answered(runner.query('ROLLBACK'))
    } catch {
      // Nothing is swallowed: without a working connection there is no transaction, and the callers have their errors.
      this.current = undefined
      await runner.release()
    }
  }

  /** For a connection that may fall silent: breaks it off where the step takes too long. */
  private answered<T>(step: Promise<T>): Promise<T> {
    const { silence } = this.dialect
    if (silence === undefined) return step
    const runner = this.runner()
    const timer = setTimeout(() => void silence.breakOff(runner), silence.limitMs)
    return step.finally(() => clearTimeout(timer))
  }

  private runner(): QueryRunner {
    if (this.current === undefined) throw kitErrors.store_unavailable('there is no connection to the database')
    return this.current
  }
}

/**
 * Tells TypeORM that it is in a transaction, so that `save` and `remove` do not begin one of their own, and `transaction`
 * makes a savepoint: a second BEGIN is but a warning in Postgres, and its COMMIT would end the callers' transaction.
 */
function markTransaction(runner: QueryRunner, active: boolean): void {
  Object.assign(runner, { isTransactionActive: active, transactionDepth: active ? 1 : 0 })
}
