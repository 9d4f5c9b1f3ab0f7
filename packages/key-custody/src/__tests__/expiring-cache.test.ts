import { beforeEach, describe, expect, it } from '@jest/globals'
import { ManualClock } from '@veramo-studio/plugin-kit'
import { ExpiringCache } from '../expiring-cache.js'

describe('an expiring cache', () => {
  let clock: ManualClock
  let cache: ExpiringCache<number>
  let reads: number

  beforeEach(() => {
    clock = new ManualClock(new Date('2025-11-21T10:00:00.000Z'))
    cache = new ExpiringCache({ maxEntries: 2, ttlMs: 1000, clock })
    reads = 0
  })

  const load = (key: string) => cache.load(key, async () => (reads += 1))

  it('reads once while an entry is good', async () => {
    expect([await load('a'), await load('a')]).toEqual([1, 1])
    clock.advanceMs(999)
    expect(await load('a')).toBe(1)
  })

  it('forgets an entry when its time is up, however often it is used', async () => {
    await load('a')
    clock.advanceMs(600)
    await load('a')
    clock.advanceMs(400)
    expect(cache.get('a')).toBeUndefined()
    expect(await load('a')).toBe(2)
  })

  it('trusts no entry from before the clock was set back', async () => {
    await load('a')
    clock.advanceMs(-1)
    expect(cache.get('a')).toBeUndefined()
  })

  it('gives up what was not used for longest', async () => {
    await load('a')
    await load('b')
    await load('a')
    await load('c')
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3])
  })

  it('does not keep what was dropped while it was read', async () => {
    const loaded = cache.load('a', async () => {
      cache.drop('a')
      return 7
    })
    expect(await loaded).toBe(7)
    expect(cache.get('a')).toBeUndefined()
  })

  it('keeps nothing of a read that failed', async () => {
    await expect(cache.load('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await load('a')).toBe(1)
  })
})
