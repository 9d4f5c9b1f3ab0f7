import { dataStoreErrors } from './errors.js'

export interface AdmissionLimits {
  /** Messages that are handled at one time. Default 64. */
  maxConcurrent?: number
  /** Of these, how many may come from one address or one tenant. Default 16. */
  maxConcurrentOfOne?: number
}

const DEFAULTS = { maxConcurrent: 64, maxConcurrentOfOne: 16 }

/** Lets so many messages in at one time. Nobody waits: a flood is told to come back, and holds nothing meanwhile. */
export class MessageAdmission {
  private readonly limits: Required<AdmissionLimits>
  private readonly running = new Map<string, number>()
  private total = 0

  constructor(limits: AdmissionLimits = {}) {
    this.limits = { ...DEFAULTS, ...limits }
  }

  /** Rejects with `messaging_busy`, and starts nothing, where there is no room. */
  async run<T>(origin: string, work: () => Promise<T>): Promise<T> {
    const ofOrigin = this.running.get(origin) ?? 0
    if (this.total >= this.limits.maxConcurrent || ofOrigin >= this.limits.maxConcurrentOfOne) {
      throw dataStoreErrors.messaging_busy('too many messages at once; send it again')
    }
    this.total += 1
    this.running.set(origin, ofOrigin + 1)
    try {
      return await work()
    } finally {
      this.total -= 1
      const left = (this.running.get(origin) ?? 1) - 1
      if (left === 0) this.running.delete(origin)
      else this.running.set(origin, left)
    }
  }
}
