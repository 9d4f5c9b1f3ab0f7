import pg from 'pg'
import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm'
import { isErrorLike } from '../error-like.js'
import type { Scope } from '../call-context.js'
import type { DatabaseSchema } from './open-database.js'
import { preparedStatement } from './sql.js'
import type { Connections, Reader, Reading, WriterDialect } from './writer-connection.js'

const CONNECT_TIMEOUT_MS = 5000
/**
 * How long a transaction may wait for its process: one that stands still would keep its locks, and all who want them would
 * wait with it. Postgres ends it, and what the process says in it afterwards is refused.
 */
const IDLE_TRANSACTION_TIMEOUT_MS = 5000

export interface PostgresOptions {
  /** How many connections read. */
  readers: number
  /** How long Postgres works, or waits for a lock, before it gives a statement up. */
  statementTimeoutMs: number
}

export function postgresConnections(url: string, schema: DatabaseSchema, options: PostgresOptions): Connections {
  const common = {
    type: 'postgres',
    url,
    ...schema,
    installExtensions: false,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    applicationName: 'veramo-studio',
  } satisfies DataSourceOptions
  const writing = new DataSource({
    ...common,
    poolSize: 1,
    extra: {
      options:
        `-c synchronous_commit=on -c statement_timeout=${options.statementTimeoutMs} ` +
        `-c idle_in_transaction_session_timeout=${IDLE_TRANSACTION_TIMEOUT_MS}`,
    },
  })
  const reading = new DataSource({
    ...common,
    poolSize: options.readers,
    // What is sent does not wait for the answers to what was sent before.
    extra: { options: '-c default_transaction_read_only=on', pipeline: true },
  })
  // Twice the limit of a statement: Postgres has answered by then, unless the network swallows what is sent.
  const silence = { limitMs: 2 * options.statementTimeoutMs, breakOff }
  return { writing, reading, dialect: { ...postgresDialect, silence }, reader: postgresReader(reading) }
}

/** Reads in transactions, since that is what a scope holds for: the next reader of a connection finds none. */
function postgresReader(reading: DataSource): Reader {
  const read: Reader['read'] = async (scope, work) => {
    const runner = reading.createQueryRunner()
    await runner.connect()
    // On its way together with the first statement of the work: a reading is one round trip.
    const begun = runner.query(`BEGIN; SELECT ${settingsOf(scope)}`)
    try {
      const [result] = await Promise.all([work(reading.createEntityManager(runner)), begun])
      return result
    } finally {
      // What was read is answered meanwhile.
      void endReading(runner)
    }
  }
  const readRows = <Row>(scope: Scope | undefined, { statement, parameters, asLists }: Reading) =>
    read(scope, (manager) => {
      const prepared = preparedStatement(manager, statement)
      return manager.query<Row[]>(asLists ? inLists(prepared) : prepared, [...parameters])
    })
  return { read, readRows, changeMarker: () => undefined }
}

/** As TypeORM hands it on to the driver: see `preparedStatement`. */
function inLists(prepared: string): string {
  const statement = typeof prepared === 'string' ? { text: prepared } : (prepared as object)
  return { ...statement, rowMode: 'array' } as unknown as string
}

/** Gives a connection back without a transaction, or not at all. */
async function endReading(runner: QueryRunner): Promise<void> {
  await runner.query('COMMIT').catch(() => breakOff(runner))
  await runner.release()
}

/** Each of them is one round trip. ROLLBACK TO restores the settings of the caller before: each caller sets its own, always. */
const postgresDialect: WriterDialect = {
  begin: async (runner, { durable }, { scope, statements }) => {
    const begin = durable ? ['BEGIN'] : ['BEGIN', 'SET LOCAL synchronous_commit = off']
    await runner.query([...begin, ...statements, `SELECT ${settingsOf(scope)}`].join('; '))
  },
  enter: async (runner, { scope, statements }) => {
    await runner.query([...statements, `SELECT ${settingsOf(scope)}`].join('; '))
  },
  // The server's own answer: it has rolled back. Where the connection ends, also by a FATAL answer, nobody knows.
  isCommitRefused: (error) => isErrorLike(error) && 'severity' in error && error.severity === 'ERROR',
}

async function breakOff(runner: QueryRunner): Promise<void> {
  const client = (await runner.connect()) as pg.Client
  client.connection.stream.destroy()
}

function settingsOf(scope: Scope | undefined): string {
  // Nobody has a NUL in a name: Postgres knows no text with one.
  const tenantId = scope?.kind === 'tenant' && !scope.tenantId.includes('\0') ? scope.tenantId : ''
  const operator = scope?.kind === 'operator' ? 'on' : 'off'
  return `set_config('studio.tenant_id', ${pg.escapeLiteral(tenantId)}, true), set_config('studio.operator', '${operator}', true)`
}
