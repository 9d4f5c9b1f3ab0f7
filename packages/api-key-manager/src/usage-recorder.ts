import { AsyncResource } from 'node:async_hooks'
import { OPERATOR_TENANT_ID, type Database } from '@veramo-studio/plugin-kit'
import type { SharedClock } from './shared-clock.js'
import { addUsage, touchApiKey, type CountedCalls } from './typeorm/usage-store.js'

export interface UsageRecorderOptions {
  database: Database
  clock: SharedClock
  /** Hears of what could not be saved; it is tried again a minute later, but for the end. */
  onError: (error: unknown) => void
  /** What else is done once a minute, by a process in which keys are used. */
  onMinute: () => Promise<void>
}

/** Whose key was used. */
export interface UsedKey {
  readonly tenantId: string
  readonly keyId: string
}

interface SeenKey extends UsedKey {
  atMs: number
}

interface Counter extends CountedCalls {
  usedAtMs: number
}

const FLUSH_EVERY_MS = 60_000
/** Counters in memory past which they are saved before their minute is over; of about 0.1 KiB, as many as keys are cached. */
const MAX_COUNTERS = 50_000
const ROWS_PER_WRITE = 500
const HOUR_MS = 3_600_000

/** Counts calls in memory and saves them once a minute, in batches, and when the database is closed. */
export class UsageRecorder {
  private counters = new Map<string, Counter>()
  private seen = new Map<string, SeenKey>()
  private hour = { number: -1, start: '' }
  private timer: NodeJS.Timeout | undefined
  private flushing: Promise<void> | undefined
  /** What the minutes so far have begun, one after another; never rejects. */
  private minutes: Promise<void> = Promise.resolve()
  // What is saved belongs to no call: not to the one either that starts the timer.
  private readonly outsideOfCalls = AsyncResource.bind((work: () => void) => work())

  constructor(private readonly options: UsageRecorderOptions) {
    options.database.beforeClose(() => this.stop())
  }

  /** A key was used; which call that is for is counted by another. */
  see(key: UsedKey, nowMs: number): void {
    const known = this.seen.get(key.keyId)
    if (known !== undefined) known.atMs = nowMs
    else {
      this.seen.set(key.keyId, { tenantId: key.tenantId, keyId: key.keyId, atMs: nowMs })
      this.start()
    }
  }

  /** @param outcome `allowed`, or why not */
  count({ tenantId, keyId }: UsedKey, { method, outcome }: { method: string; outcome: string }, nowMs: number): void {
    const start = this.hourOf(nowMs)
    const name = nameOf({ tenantId, keyId, start, method, outcome })
    const known = this.counters.get(name)
    if (known !== undefined) {
      known.count += 1
      known.usedAtMs = nowMs
      return
    }
    this.counters.set(name, { tenantId, keyId, start, method, outcome, count: 1, lastUsedAt: null, usedAtMs: nowMs })
    this.start()
  }

  private hourOf(nowMs: number): string {
    const hour = Math.floor(nowMs / HOUR_MS)
    if (hour !== this.hour.number) this.hour = { number: hour, start: new Date(hour * HOUR_MS).toISOString() }
    return this.hour.start
  }

  /** When a key was last used, as far as that is not saved yet. */
  lastUsedAt(keyId: string): string | undefined {
    let latestMs = this.seen.get(keyId)?.atMs ?? 0
    for (const counter of this.counters.values()) {
      if (counter.keyId === keyId && counter.outcome === 'allowed') latestMs = Math.max(latestMs, counter.usedAtMs)
    }
    return latestMs === 0 ? undefined : new Date(latestMs).toISOString()
  }

  /** Saves what was counted. What cannot be saved is kept, and counted on. */
  async flush(): Promise<void> {
    this.flushing ??= this.save().finally(() => {
      this.flushing = undefined
    })
    return this.flushing
  }

  private async stop(): Promise<void> {
    clearInterval(this.timer)
    this.timer = undefined
    await this.minutes
    await this.flushing?.catch(this.options.onError)
    // A minute of usage is no reason not to stop.
    await this.flush().catch(this.options.onError)
  }

  private start(): void {
    if (this.timer === undefined) {
      this.outsideOfCalls(() => {
        this.timer = setInterval(() => this.beginMinute(), FLUSH_EVERY_MS).unref()
      })
    }
    if (this.counters.size + this.seen.size > MAX_COUNTERS && this.flushing === undefined) {
      this.outsideOfCalls(() => void this.flush().catch(this.options.onError))
    }
  }

  private beginMinute(): void {
    this.minutes = this.minutes.then(() => this.everyMinute())
  }

  private async everyMinute(): Promise<void> {
    try {
      await this.flush()
      await this.options.onMinute()
    } catch (error) {
      this.options.onError(error)
    }
  }

  private async save(): Promise<void> {
    const { counters, seen } = this
    this.counters = new Map()
    this.seen = new Map()
    const rows = Array.from(counters.values(), toRow)
    // The row that counts a call says as well when it was made.
    const counted = new Set(rows.flatMap(({ keyId, lastUsedAt }) => (lastUsedAt === null ? [] : [keyId])))
    const touched = Array.from(seen.values()).filter(({ keyId }) => !counted.has(keyId))
    const batches: Batch[] = [
      ...batchesOf(rows).map((batch) => ({ counted: batch, touched: [] })),
      ...batchesOf(touched).map((batch) => ({ counted: [], touched: batch })),
    ]
    const outcomes = await Promise.allSettled(batches.map((batch) => this.saveBatch(batch)))
    const failures = outcomes.flatMap((outcome, index) => {
      if (outcome.status === 'fulfilled') return []
      this.takeBack(batches[index])
      return [outcome.reason as Error]
    })
    if (failures.length > 0) throw new AggregateError(failures, 'the use of API keys was not saved')
  }

  private async saveBatch({ counted, touched }: Batch): Promise<void> {
    const tenantId = (counted[0] ?? touched[0])?.tenantId ?? OPERATOR_TENANT_ID
    await this.options.database.write(
      async (manager) => {
        for (const row of counted) await addUsage(manager, row)
        for (const { keyId, atMs } of touched) {
          await touchApiKey(manager, { tenantId, keyId, lastUsedAt: new Date(atMs).toISOString() })
        }
      },
      { tenantId },
    )
  }

  /** Counts go on from where they stood; a key that was seen meanwhile was seen later. */
  private takeBack(batch: Batch | undefined): void {
    for (const row of batch?.counted ?? []) {
      const name = nameOf(row)
      const since = this.counters.get(name)
      if (since === undefined) this.counters.set(name, { ...row, usedAtMs: Date.parse(row.lastUsedAt ?? row.start) })
      else since.count += row.count
    }
    for (const key of batch?.touched ?? []) if (!this.seen.has(key.keyId)) this.seen.set(key.keyId, key)
  }
}

interface Batch {
  counted: CountedCalls[]
  touched: SeenKey[]
}

function nameOf({ keyId, start, outcome, method }: Omit<CountedCalls, 'count' | 'lastUsedAt'>): string {
  return `${keyId} ${start} ${outcome} ${method}`
}

function toRow({ usedAtMs, ...calls }: Counter): CountedCalls {
  return { ...calls, lastUsedAt: calls.outcome === 'allowed' ? new Date(usedAtMs).toISOString() : null }
}

/** Rows of one tenant each, and not too many: all writers wait for each. */
function batchesOf<Row extends UsedKey>(rows: readonly Row[]): Row[][] {
  const byTenant = new Map<string, Row[]>()
  for (const row of rows) {
    const others = byTenant.get(row.tenantId)
    if (others === undefined) byTenant.set(row.tenantId, [row])
    else others.push(row)
  }
  return Array.from(byTenant.values()).flatMap((all) => {
    const batches: Row[][] = []
    for (let at = 0; at < all.length; at += ROWS_PER_WRITE) batches.push(all.slice(at, at + ROWS_PER_WRITE))
    return batches
  })
}
