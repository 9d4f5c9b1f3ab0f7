import type { Clock } from '@veramo-studio/plugin-kit'
import { dataStoreErrors } from './errors.js'

export interface AdmissionLimits {
  /** Messages that are handled at one time. Default 64. */
  maxConcurrent?: number
  /** Of these, how many may come from one address or one tenant. Default 16. */
  maxConcurrentOfOne?: number
  /** How many messages a second are taken from one address, steadily; a hundred at once are no matter. Default 30. */
  maxPerSecondOfOne?: number
}

/** Whose share of the places a message takes. */
export interface MessageOrigin {
  /** A client's network, or a tenant here. */
  name: string
  /** Nobody's customer: what it sends is also limited over time, since opening a message takes milliseconds of processor. */
  anonymous: boolean
}

const DEFAULTS = { maxConcurrent: 64, maxConcurrentOfOne: 16, maxPerSecondOfOne: 30 }
const BURST = 100
/** Of origins that are remembered: past it those are forgotten that were heard of first. */
const MAX_ORIGINS = 10_000

/** Lets so many messages in at one time. Nobody waits: a flood is told to come back, and holds nothing meanwhile. */
export class MessageAdmission {
  private readonly limits: Required<AdmissionLimits>
  private readonly running = new Map<string, number>()
  /** When the messages of an origin would have been sent, each in its turn. Milliseconds. */
  private readonly dueAt = new Map<string, number>()
  private total = 0

  constructor(
    { maxConcurrent, maxConcurrentOfOne, maxPerSecondOfOne }: AdmissionLimits,
    private readonly clock: Clock,
  ) {
    this.limits = {
      maxConcurrent: maxConcurrent ?? DEFAULTS.maxConcurrent,
      maxConcurrentOfOne: maxConcurrentOfOne ?? DEFAULTS.maxConcurrentOfOne,
      maxPerSecondOfOne: maxPerSecondOfOne ?? DEFAULTS.maxPerSecondOfOne,
    }
  }

  /** Rejects with `messaging_busy`, and starts nothing, where there is no room. */
  async run<T>({ name, anonymous }: MessageOrigin, work: () => Promise<T>): Promise<T> {
    const ofOrigin = this.running.get(name) ?? 0
    const isFull = this.total >= this.limits.maxConcurrent || ofOrigin >= this.limits.maxConcurrentOfOne
    if (isFull || (anonymous && !this.isDue(name))) {
      throw dataStoreErrors.messaging_busy('too many messages at once; send it again')
    }
    this.total += 1
    this.running.set(name, ofOrigin + 1)
    try {
      return await work()
    } finally {
      this.total -= 1
      const left = (this.running.get(name) ?? 1) - 1
      if (left === 0) this.running.delete(name)
      else this.running.set(name, left)
    }
  }

  private isDue(name: string): boolean {
    const now = this.clock.now().getTime()
    const intervalMs = 1000 / this.limits.maxPerSecondOfOne
    const due = Math.max(this.dueAt.get(name) ?? 0, now) + intervalMs
    if (due > now + BURST * intervalMs) return false
    this.dueAt.delete(name)
    this.dueAt.set(name, due)
    const [first] = this.dueAt.size > MAX_ORIGINS ? this.dueAt.keys() : []
    if (first !== undefined) this.dueAt.delete(first)
    return true
  }
}
