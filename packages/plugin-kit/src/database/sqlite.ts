import { setTimeout as sleep } from 'node:timers/promises'
import type BetterSqlite3 from 'better-sqlite3'
import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm'
import { PreparedStatements, runStatementsLean, sqliteOf } from './lean-sqlite-runner.js'
import type { DatabaseSchema } from './open-database.js'
import { isBusy } from './store-fault.js'
import type { Scope } from '../call-context.js'
import type { Connections, Reader, Reading, WriterDialect } from './writer-connection.js'

const RETRY_FIRST_MS = 1
const RETRY_LAST_MS = 20
/** Waiting inside SQLite blocks the event loop, so it is for opening a file, and for readers, who hardly ever wait. */
const OPEN_TIMEOUT_MS = 1000

/** @param busyTimeoutMs how long to wait for another process that writes */
export function sqliteConnections(file: string, schema: DatabaseSchema, busyTimeoutMs: number): Connections {
  const common = { type: 'better-sqlite3', database: file, ...schema } satisfies DataSourceOptions
  const writing = new DataSource({
    ...common,
    timeout: OPEN_TIMEOUT_MS,
    prepareDatabase: (connection) => {
      const database = connection as BetterSqlite3.Database
      database.pragma('journal_mode = WAL')
      database.pragma('synchronous = FULL')
      database.pragma('busy_timeout = 0')
    },
  })
  const reading = new DataSource({ ...common, readonly: true, fileMustExist: true, timeout: OPEN_TIMEOUT_MS })
  const reads = new PreparedStatements(reading)
  const listed = new PreparedStatements(reading, { asLists: true })
  runStatementsLean(reading, reads)
  runStatementsLean(writing, new PreparedStatements(writing))
  const reader: Reader = {
    read: (_scope, work) => work(reading.manager),
    readRows: async <Row>(_scope: Scope | undefined, { statement, parameters, asLists }: Reading) =>
      (asLists ? listed : reads).get(statement).all(...parameters) as Row[],
    changeMarker: () => dataVersionOf(reading),
  }
  return { writing, reading, dialect: sqliteDialect(writing, busyTimeoutMs), reader }
}

function dataVersionOf(reading: DataSource): number {
  return sqliteOf(reading).pragma('data_version', { simple: true }) as number
}

function sqliteDialect(writing: DataSource, busyTimeoutMs: number): WriterDialect {
  let isDurable = true
  return {
    begin: async (runner, { durable }, { statements }) => {
      // Not by a statement that is kept: SQLite sets it when the text is read, and not when it is run. A commit under FULL
      // syncs the log, and with it the commits under NORMAL before it, which are in the log in their order.
      if (durable !== isDurable) sqliteOf(writing).pragma(`synchronous = ${durable ? 'FULL' : 'NORMAL'}`)
      isDurable = durable
      await beginImmediate(runner, busyTimeoutMs)
      await runEach(runner, statements)
    },
    enter: (runner, { statements }) => runEach(runner, statements),
    // In this process and in one file: a commit that reports an error has not happened.
    isCommitRefused: () => true,
  }
}

async function runEach(runner: QueryRunner, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await runner.query(statement)
}

/** Random waits, so that processes that wait for one another do not meet again and again. */
async function beginImmediate(runner: QueryRunner, busyTimeoutMs: number): Promise<void> {
  const deadlineMs = performance.now() + busyTimeoutMs
  for (let waitMs = RETRY_FIRST_MS; ; waitMs = Math.min(waitMs * 2, RETRY_LAST_MS)) {
    try {
      await runner.query('BEGIN IMMEDIATE')
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadlineMs) throw error
    }
    await sleep(waitMs * Math.random())
  }
}
