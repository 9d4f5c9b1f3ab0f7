import { kitErrors, type Database } from '@veramo-studio/plugin-kit'
import type { KeyCache } from './key-cache.js'
import { DATABASE_TIME, type SharedClock } from './shared-clock.js'

/** SQLite tells by a number whether anything was committed, at no cost to speak of; Postgres answers a query. */
const LOOK_EVERY_MS = { sqlite: 20, postgres: 250 }
/** How long the database may take to answer before the cache is judged by its age. */
const PATIENCE_MS = 1000
/** The cache is believed for no longer than this without the database's word. */
const MAX_AGE_MS = 5000
const PAGE = 500

const CHANGED_SINCE = 'SELECT k."keyId", k."epoch" FROM "studio_api_key" k WHERE k."epoch" > ? ORDER BY k."epoch"'
const SQLITE_POLL = `${CHANGED_SINCE} LIMIT ${PAGE}`
const POSTGRES_POLL =
  `SELECT c.*, ${DATABASE_TIME} AS "time" FROM (SELECT 1) one ` +
  `LEFT JOIN LATERAL (${CHANGED_SINCE} LIMIT ${PAGE}) c ON TRUE`

interface ChangedKey {
  /** Null in the row that Postgres gives where there is no change. */
  keyId: string | null
  epoch: number | string | null
  time?: number
}

/**
 * Knows whether what is cached is still true. Each change of a key takes the next number of one counter, in its own
 * transaction: whoever asks for the keys with a higher number than the last one seen misses none. It is asked where the
 * cache is used, not by a timer: an idle process asks nothing, and grants nothing before it has asked.
 */
export class CacheFreshness {
  /** The number of the last change that the cache has heard of. Undefined: nothing has been read yet. */
  private epoch: number | undefined
  private marker: number | undefined
  private confirmedAtMs = -Infinity
  private asking: Promise<void> | undefined

  constructor(
    private readonly database: Database,
    private readonly cache: KeyCache,
    private readonly clock: SharedClock,
  ) {}

  /** Whether the cache may be used as it is. */
  isFresh(): boolean {
    const nowMs = performance.now()
    if (nowMs - this.confirmedAtMs < LOOK_EVERY_MS[this.database.engine]) return true
    if (this.marker === undefined || this.currentMarker() !== this.marker) return false
    this.confirmedAtMs = nowMs
    return true
  }

  /** Undefined also where the file cannot be read: who confirms meets the same fault, and tells it. */
  private currentMarker(): number | undefined {
    try {
      return this.database.changeMarker()
    } catch {
      return undefined
    }
  }

  /**
   * Drops what has changed. Rejects with `store_unavailable` where that cannot be found out, and was not within the last
   * five seconds either.
   */
  async confirm(): Promise<void> {
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined
    })
    const failure = await outcomeWithin(this.asking, PATIENCE_MS)
    if (failure === undefined || performance.now() - this.confirmedAtMs < MAX_AGE_MS) return
    throw kitErrors.store_unavailable('it cannot be found out whether the key was revoked', { cause: failure })
  }

  /**
   * Takes note of the counter as it stood when a key was read; false where the cache has heard of later changes, which
   * that reading may have missed.
   */
  accept(epoch: number, readAtMs: number): boolean {
    if (this.epoch !== undefined) return epoch >= this.epoch
    this.epoch = epoch
    this.confirmedAtMs = readAtMs
    return true
  }

  private async ask(): Promise<void> {
    let changed: ChangedKey[]
    do {
      const askedAtMs = performance.now()
      // Before the question: what is committed in between is asked for again.
      const marker = this.database.changeMarker()
      const statement = this.database.engine === 'sqlite' ? SQLITE_POLL : POSTGRES_POLL
      const rows = await this.database.readRows<ChangedKey>(statement, [this.epoch ?? 0], { acrossTenants: true })
      this.clock.learn(rows[0]?.time, askedAtMs)
      changed = rows.filter(({ keyId }) => keyId !== null)
      for (const { keyId } of changed) this.cache.forget(String(keyId))
      this.epoch = Number(changed.at(-1)?.epoch ?? this.epoch ?? 0)
      if (changed.length < PAGE) {
        this.marker = marker
        this.confirmedAtMs = askedAtMs
      }
    } while (changed.length >= PAGE)
  }
}

/** What the work failed with, or that it takes too long; undefined where it is done. */
async function outcomeWithin(work: Promise<void>, limitMs: number): Promise<Error | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Error>((resolve) => {
    timer = setTimeout(() => resolve(new Error(`no answer within ${limitMs} ms`)), limitMs)
  })
  const done = work.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  )
  try {
    return await Promise.race([done, late])
  } finally {
    clearTimeout(timer)
  }
}
