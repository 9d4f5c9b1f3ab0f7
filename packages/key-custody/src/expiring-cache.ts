import type { Clock } from '@veramo-studio/plugin-kit'

export interface ExpiringCacheOptions {
  maxEntries: number
  /** How long an entry is good for, however often it is used. */
  ttlMs: number
  clock: Clock
}

interface Entry<Value> {
  value: Value
  storedAtMs: number
}

/** Keeps the values that were used last, and each for a short time only. */
export class ExpiringCache<Value> {
  private readonly entries = new Map<string, Entry<Value>>()
  private drops = 0
  private sweptAtMs = 0

  constructor(private readonly options: ExpiringCacheOptions) {}

  get(key: string): Value | undefined {
    this.sweep()
    const entry = this.entries.get(key)
    if (entry === undefined || this.isExpired(entry)) return undefined
    // Last in the order of the map: the first is the one that is given up for a new one.
    this.entries.delete(key)
    this.entries.set(key, entry)
    return entry.value
  }

  /**
   * The value that is kept, else the one that is read now. It is not kept where something was dropped while it was
   * read: it may be what was dropped.
   */
  async load(key: string, read: () => Promise<Value>): Promise<Value> {
    const kept = this.get(key)
    if (kept !== undefined) return kept
    const { drops } = this
    const value = await read()
    if (drops === this.drops) this.set(key, value)
    return value
  }

  drop(key: string): void {
    this.drops += 1
    this.entries.delete(key)
  }

  private set(key: string, value: Value): void {
    this.entries.delete(key)
    this.entries.set(key, { value, storedAtMs: this.nowMs() })
    if (this.entries.size <= this.options.maxEntries) return
    const [oldest] = this.entries.keys()
    if (oldest !== undefined) this.entries.delete(oldest)
  }

  /** Forgets what is expired, also what nobody asks for any more. */
  private sweep(): void {
    const nowMs = this.nowMs()
    if (Math.abs(nowMs - this.sweptAtMs) < this.options.ttlMs) return
    this.sweptAtMs = nowMs
    for (const [key, entry] of this.entries) if (this.isExpired(entry)) this.entries.delete(key)
  }

  /** An entry from the future is one from before the clock was set back: its age is unknown. */
  private isExpired({ storedAtMs }: Entry<Value>): boolean {
    const ageMs = this.nowMs() - storedAtMs
    return ageMs < 0 || ageMs >= this.options.ttlMs
  }

  private nowMs(): number {
    return this.options.clock.now().getTime()
  }
}
