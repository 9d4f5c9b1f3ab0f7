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

/** What of a transaction is one caller's own. */
export interface CallersPart {
  /** To be made known to the database. */
  scope: Scope | undefined
  /** What comes before, such as a savepoint. */
  statements: readonly string[]
}

/** What SQLite and Postgres do differently in a transaction of the writer. */
export interface WriterDialect {
  /** Starts a transaction, and with it the first caller's part of it. */
  begin(runner: QueryRunner, commit: CommitOptions, part: CallersPart): Promise<void>
  /** Starts the part of another caller. */
  enter(runner: QueryRunner, part: CallersPart): Promise<void>
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

/** One statement that reads. */
export interface Reading {
  /** Has `?` for parameters. */
  statement: string
  parameters: readonly unknown[]
  /** Whether each row is the list of its values, and not an object. */
  asLists: boolean
}

/** What SQLite and Postgres do differently where something is read. */
export interface Reader {
  /** Runs work on a connection that reads the rows of a scope. */
  read<T>(scope: Scope | undefined, work: (manager: EntityManager) => Promise<T>): Promise<T>
  /** Runs one statement there, past TypeORM. */
  readRows<Row>(scope: Scope | undefined, reading: Reading): Promise<Row[]>
  /** See `Database.changeMarker`. */
  changeMarker(): number | undefined
}

const SAVEPOINT = 'studio_work'
const RELEASE = `RELEASE SAVEPOINT ${SAVEPOINT}`

/** The one connection that a process writes through. Statements reach it only in a transaction. */
export class WriterConnection {
  private current: QueryRunner | undefined
  /** How the transaction is to begin that nobody has entered yet. */
  private beginning: CommitOptions | undefined
  /** Whether the part before is still to be released. */
  private isSaved = false

  constructor(
    private readonly dataSource: DataSource,
    private readonly dialect: WriterDialect,
  ) {}

  /** Prepares a transaction, on a new connection where the last one was lost: it starts as its first caller enters. */
  async begin(commit: CommitOptions): Promise<void> {
    if (this.current === undefined || this.current.isReleased) this.current = this.dataSource.createQueryRunner()
    await this.current.connect()
    this.beginning = commit
    this.isSaved = false
  }

  /** Opens one caller's part of the transaction: a savepoint of its own, unless it has the transaction to itself. */
  async enter(scope: Scope | undefined, shared: boolean): Promise<{ manager: EntityManager; guard: GuardedRunner }> {
    const runner = this.runner()
    const statements = [...(this.isSaved ? [RELEASE] : []), ...(shared ? [`SAVEPOINT ${SAVEPOINT}`] : [])]
    const part = { scope, statements }
    const { beginning } = this
    this.beginning = undefined
    this.isSaved = false
    await this.answered(
      beginning === undefined ? this.dialect.enter(runner, part) : this.dialect.begin(runner, beginning, part),
    )
    markTransaction(runner, true)
    const guard = guardRunner(runner)
    return { manager: new EntityManager(this.dataSource, guard.runner), guard }
  }

  /** Ends one caller's part, and gives the error of the first statement in it that failed. */
  async leave(guard: GuardedRunner): Promise<Error | undefined> {
    return this.answered(guard.end())
  }

  /** Its savepoint is released with what comes next; with COMMIT, where that does. */
  keepWork(): void {
    this.isSaved = true
  }

  async undoWork(): Promise<void> {
    await this.answered(this.runner().query(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`))
    this.keepWork()
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
