import type { VerifiedKey } from './verified-key.js'

/**
 * Keys that were read, found by the digest of their token or by their id. Bounded: where it is full, what was not used
 * since the last time around makes room (the clock algorithm). Nothing is kept of what does not exist.
 */
export class KeyCache {
  /** Grows with each change that is heard of: what was read before and is kept after could be of the past. */
  generation = 0
  private readonly byDigest = new Map<string, VerifiedKey>()
  private readonly byKeyId = new Map<string, VerifiedKey>()

  constructor(private readonly maxEntries: number) {}

  get size(): number {
    return this.byKeyId.size
  }

  find(digest: string): VerifiedKey | undefined {
    const key = this.byDigest.get(digest)
    if (key !== undefined) key.isRecent = true
    return key
  }

  findByKeyId(keyId: string): VerifiedKey | undefined {
    const key = this.byKeyId.get(keyId)
    if (key !== undefined) key.isRecent = true
    return key
  }

  /** Keeps a key, unless something was changed since `generation`. */
  keep(key: VerifiedKey, generation: number): void {
    if (generation !== this.generation) return
    const before = this.byKeyId.get(key.keyId)
    if (before !== undefined) this.remove(before)
    else this.makeRoom()
    this.byKeyId.set(key.keyId, key)
    if (key.digest !== undefined) this.byDigest.set(key.digest, key)
  }

  /** To be called when a key was changed, and its change is durable. */
  forget(keyId: string): void {
    this.generation += 1
    const key = this.byKeyId.get(keyId)
    if (key !== undefined) this.remove(key)
  }

  /** The same of all keys of a tenant. */
  forgetTenant(tenantId: string): void {
    this.generation += 1
    for (const key of this.byKeyId.values()) if (key.tenantId === tenantId) this.remove(key)
  }

  private makeRoom(): void {
    for (const key of this.byKeyId.values()) {
      if (this.byKeyId.size < this.maxEntries) return
      this.byKeyId.delete(key.keyId)
      if (key.isRecent) {
        key.isRecent = false
        this.byKeyId.set(key.keyId, key)
      } else if (key.digest !== undefined) this.byDigest.delete(key.digest)
    }
  }

  private remove(key: VerifiedKey): void {
    this.byKeyId.delete(key.keyId)
    if (key.digest !== undefined) this.byDigest.delete(key.digest)
  }
}
