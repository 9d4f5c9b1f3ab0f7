import { systemClock, type Clock, type Database } from '@veramo-studio/plugin-kit'

/** How long the difference between two clocks is taken for the same. */
const TRUSTED_MS = 10_000

/** What the database's clock shows, in milliseconds; a column of the statements that the clock is learnt from. */
export const DATABASE_TIME = '(extract(epoch from clock_timestamp()) * 1000)::float8'

/**
 * The time that keys expire and limits refill by. Processes on one Postgres may run on several machines, whose clocks
 * differ: they go by the database's, counted on from when it was last heard. Elsewhere, and where a clock is given, by that.
 */
export class SharedClock {
  /** Whether the database is asked for the time. */
  readonly isDatabases: boolean
  private readonly local: Clock
  private offsetMs = 0
  private learntAtMs = -Infinity

  constructor(
    private readonly database: Database,
    given: Clock | undefined,
  ) {
    this.isDatabases = given === undefined && database.engine === 'postgres'
    this.local = given ?? systemClock
  }

  /** Asks the database where it has not been heard for a while. */
  async now(): Promise<Date> {
    if (this.isDatabases && performance.now() - this.learntAtMs > TRUSTED_MS) {
      const askedAtMs = performance.now()
      const [row] = await this.database.readRows<{ time: number }>(`SELECT ${DATABASE_TIME} AS "time"`, [])
      if (row !== undefined) this.learn(row.time, askedAtMs)
    }
    return new Date(this.nowMs())
  }

  /** The time as it was last heard of: for those who have just read from the database. */
  nowMs(): number {
    return this.isDatabases ? performance.now() + this.offsetMs : this.local.now().getTime()
  }

  /** @param askedAtMs of `performance.now()`, when the question was sent */
  learn(databaseTimeMs: number | undefined, askedAtMs: number): void {
    if (!this.isDatabases || databaseTimeMs === undefined) return
    const heardAtMs = performance.now()
    this.offsetMs = databaseTimeMs - (askedAtMs + heardAtMs) / 2
    this.learntAtMs = heardAtMs
  }
}
