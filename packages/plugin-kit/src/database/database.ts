import type { DataSource, EntityManager } from 'typeorm'
import { currentContext, type Scope } from '../call-context.js'
import { isStudioError } from '../errors.js'
import { kitErrors } from '../kit-errors.js'
import { applyMigrations } from './apply-migrations.js'
import type { DatabaseEngine } from './database-url.js'
import { toStoreFault } from './store-fault.js'
import type { Reader } from './writer-connection.js'
import type { Writer, WriteOptions } from './writer.js'

export interface DatabaseParts {
  engine: DatabaseEngine
  /** Holds the one writing connection. */
  writing: DataSource
  /** Read-only connections. */
  reading: DataSource
  writer: Writer
  reader: Reader
  defaultTenantId?: string
}

/** Whose rows a work is about, where that is not the tenant it runs in. On Postgres it sees no others. */
export interface RowsOptions {
  tenantId?: string | undefined
  /**
   * The work is not about one tenant alone, or it is yet to be seen about whom: for chores of the service, and for what it
   * does before it knows the caller.
   */
  acrossTenants?: boolean
}

export interface ReadRowsOptions extends RowsOptions {
  /**
   * Gives each row as the list of its values, in the order of the columns, for what every call reads: to make an object of
   * a row of twenty columns takes SQLite's driver a third of the time that it takes to find it.
   */
  asLists?: boolean
}

/** The rows of a tenant, or of all of them where none is named. */
export function rowsOf(tenantId: string | undefined): RowsOptions {
  return tenantId === undefined ? { acrossTenants: true } : { tenantId }
}

export interface DatabaseWriteOptions extends RowsOptions, Pick<WriteOptions, 'alone'> {
  /**
   * When the work must have reached the disk. `own` (default): before the promise resolves. `call`: before the metered
   * call that the work serves is answered, which its settling sees to; where there is none, as `own`. Work whose effects
   * leave the database before then, such as a transaction that is broadcast, is `own`.
   */
  durability?: 'own' | 'call'
}

/**
 * The database of an agent, shared by all its plugins: any number of readers, and one writer per process. Made by
 * `openDatabase`.
 */
export class Database {
  readonly engine: DatabaseEngine
  /** The migrations that were applied since this database was opened, oldest first. */
  readonly migrated: string[] = []

  private readonly atClose: (() => Promise<void>)[] = []

  constructor(private readonly parts: DatabaseParts) {
    this.engine = parts.engine
  }

  /** Connects; `openDatabase` has done it. */
  async connect(): Promise<void> {
    await this.parts.writing.initialize()
    // The readers come second: on SQLite the writer makes the file.
    await this.parts.reading.initialize()
  }

  /** Whose rows the running code may touch: its call's scope, else the agent's own tenant, else nobody's. */
  scope(): Scope | undefined {
    const { scope, principal } = currentContext()
    const { defaultTenantId } = this.parts
    // An authenticated operator who acts for nobody has no tenant: the default is for raw code alone.
    if (scope !== undefined || principal !== undefined || defaultTenantId === undefined) return scope
    return { kind: 'tenant', tenantId: defaultTenantId }
  }

  /** The one tenant that the running code works for; `tenant_required` where there is none. */
  tenantId(): string {
    const scope = this.scope()
    if (scope?.kind === 'tenant') return scope.tenantId
    throw kitErrors.tenant_required('this method works on the data of one tenant, and none is named')
  }

  /**
   * The customer that a method is about: the caller's own, which it may leave out; code that is in no tenant names one.
   * Another customer than the caller's is `not_found`, whether it exists or not.
   */
  customerId(named: string | undefined): string {
    const scope = this.scope()
    if (scope?.kind !== 'tenant') {
      if (named === undefined) throw kitErrors.invalid_argument('customerId is required')
      return named
    }
    if (named !== undefined && named !== scope.tenantId) throw kitErrors.not_found('customer not found')
    return scope.tenantId
  }

  /** Reads what is committed. A write through this manager fails. */
  async read<T>(work: (manager: EntityManager) => Promise<T>, options: RowsOptions = {}): Promise<T> {
    try {
      return await this.parts.reader.read(this.rowsScope(options), work)
    } catch (error) {
      throw reported(toStoreFault(error))
    }
  }

  /**
   * Reads with one prepared statement: for what every call does, where building a query costs more than answering it.
   * Its text has `?` for parameters, on both engines; values come as the driver has them.
   */
  async readRows<Row>(
    statement: string,
    parameters: readonly unknown[],
    options: ReadRowsOptions = {},
  ): Promise<Row[]> {
    const { asLists = false } = options
    try {
      return await this.parts.reader.readRows<Row>(this.rowsScope(options), { statement, parameters, asLists })
    } catch (error) {
      throw reported(toStoreFault(error))
    }
  }

  /**
   * Runs work in a transaction of its own: it is durable when the promise resolves (with the `durability` of a `call`:
   * when the metered call that it serves is settled), and has left no trace when it rejects, except with `write_outcome_unknown`. Keep the work to statements on the given manager: all other writers
   * of this process wait for it, and a manager used after the work has returned is refused. It may run again, where
   * Postgres gave it up for a deadlock. A write inside a write is
   * `writer_reentered`: hand the manager on instead.
   */
  async write<T>(work: (manager: EntityManager) => Promise<T>, options: DatabaseWriteOptions = {}): Promise<T> {
    const { meteredCall } = currentContext()
    const { durability = 'own', alone = false, tenantId } = options
    const relaxed = durability === 'call' && meteredCall !== undefined
    const guarded = async (manager: EntityManager) => {
      await meteredCall?.guardWrite(manager)
      return work(manager)
    }
    try {
      return await this.parts.writer.write(guarded, { scope: this.rowsScope(options), tenantId, relaxed, alone })
    } catch (error) {
      throw reported(error as Error)
    }
  }

  /**
   * On SQLite a number that changes with each commit of any process, and costs no more than a look at shared memory: what
   * was read before and is kept is still true for as long as it stays the same. On Postgres, which has none, undefined.
   */
  changeMarker(): number | undefined {
    try {
      return this.parts.reader.changeMarker()
    } catch (error) {
      throw reported(toStoreFault(error))
    }
  }

  /** Has work done before the database is closed, while it can still be written to: what is kept in memory is saved. */
  beforeClose(work: () => Promise<void>): void {
    this.atClose.push(work)
  }

  private rowsScope({ tenantId, acrossTenants }: RowsOptions): Scope | undefined {
    if (acrossTenants) return { kind: 'operator' }
    return tenantId === undefined ? this.scope() : { kind: 'tenant', tenantId }
  }

  /** Applies the migrations that are missing, all or none, and names them. Safe in several processes at once. */
  async migrate(): Promise<string[]> {
    const applied = await applyMigrations(this.parts.writing, this.parts.writer)
    this.migrated.push(...applied)
    return applied
  }

  /** Rejects with `store_unavailable` where the database does not answer. */
  async ping(): Promise<void> {
    await this.read((manager) => manager.query('SELECT 1'))
  }

  /** Lets the plugins save what they keep in memory, finishes the writes that are waiting, then disconnects. */
  async close(): Promise<void> {
    const saved = await Promise.allSettled(this.atClose.splice(0).map((work) => work()))
    await this.parts.writer.close()
    for (const source of [this.parts.reading, this.parts.writing]) {
      if (source.isInitialized) await source.destroy()
    }
    const failed = saved.find((outcome) => outcome.status === 'rejected')
    if (failed !== undefined) throw failed.reason as Error
  }
}

/** Lets the call know of a fault, so that it fails also where the plugin above swallows it. */
function reported(error: Error): Error {
  if (isStudioError(error) && error.status === 503) currentContext().storeFaults?.push(error)
  return error
}
