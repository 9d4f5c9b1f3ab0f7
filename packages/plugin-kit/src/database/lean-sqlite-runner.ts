import type BetterSqlite3 from 'better-sqlite3'
import { QueryFailedError, type DataSource, type QueryResult, type QueryRunner } from 'typeorm'

/** Texts that TypeORM builds may name values: the statements that were used last are kept, and no more. */
const MAX_STATEMENTS = 500

/** The connection of a data source that is initialised. */
export function sqliteOf({ driver }: DataSource): BetterSqlite3.Database {
  return (driver as unknown as { databaseConnection: BetterSqlite3.Database }).databaseConnection
}

/** Prepares each text once, and keeps it for the next time. */
export class PreparedStatements {
  private readonly statements = new Map<string, BetterSqlite3.Statement>()

  constructor(
    private readonly source: DataSource,
    private readonly options: { asLists: boolean } = { asLists: false },
  ) {}

  get(text: string): BetterSqlite3.Statement {
    const known = this.statements.get(text)
    // As long as there is room, nobody asks which was used last.
    if (known !== undefined && this.statements.size < MAX_STATEMENTS) return known
    const statement = known ?? this.prepare(text)
    // Last in the order of the map: the first is the one that is given up for a new one.
    if (known !== undefined) this.statements.delete(text)
    this.statements.set(text, statement)
    if (this.statements.size > MAX_STATEMENTS) this.statements.delete(this.statements.keys().next().value ?? '')
    return statement
  }

  private prepare(text: string): BetterSqlite3.Statement {
    const statement = sqliteOf(this.source).prepare(text)
    return this.options.asLists ? statement.raw() : statement
  }
}

/** Runs a statement before it returns. Throws a `QueryFailedError`, as TypeORM does. */
export type ImmediateQuery = (text: string, parameters?: unknown[], structured?: boolean) => unknown

const immediateQueries = new WeakMap<QueryRunner, ImmediateQuery>()

/** The query of a runner that {@link runStatementsLean} has made lean, without a promise. */
export function immediateQueryOf(runner: QueryRunner): ImmediateQuery | undefined {
  return immediateQueries.get(runner)
}

/**
 * Makes the query runners of a data source run statements as TypeORM does, and with the same results and errors, without
 * what it does besides for loggers and listeners, of which there are none: that takes longer than the statement itself.
 */
export function runStatementsLean(source: DataSource, statements: PreparedStatements): void {
  const { driver } = source
  const createQueryRunner = driver.createQueryRunner.bind(driver)
  const queryNow = immediateQuery(statements)
  const query = async (...statement: Parameters<ImmediateQuery>) => queryNow(...statement)
  driver.createQueryRunner = (mode) => {
    const runner = createQueryRunner(mode)
    runner.query = query as QueryRunner['query']
    immediateQueries.set(runner, queryNow)
    return runner
  }
}

function immediateQuery(statements: PreparedStatements): ImmediateQuery {
  return (text, parameters = [], structured = false) => {
    let result: QueryResult
    try {
      result = run(statements.get(text), parameters)
    } catch (error) {
      throw new QueryFailedError(text, parameters, error as Error)
    }
    return structured ? result : (result.raw as unknown)
  }
}

function run(statement: BetterSqlite3.Statement, parameters: unknown[]): QueryResult {
  if (statement.reader) {
    const rows = statement.all(...parameters)
    return { raw: rows, records: rows }
  }
  const { changes, lastInsertRowid } = statement.run(...parameters)
  return { raw: lastInsertRowid, records: [], affected: changes }
}
