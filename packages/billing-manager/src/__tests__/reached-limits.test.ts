import { describe, expect, it } from '@jest/globals'
import { crossedThresholds } from '../reached-limits.js'

describe('the thresholds of a limit', () => {
  it.each<[bigint, bigint, bigint, number[]]>([
    [0n, 1n, 100n, []],
    [48n, 49n, 100n, []],
    [49n, 50n, 100n, [50]],
    [50n, 51n, 100n, []],
    [79n, 80n, 100n, [80]],
    [99n, 100n, 100n, [100]],
    [100n, 101n, 100n, []],
    [0n, 100n, 100n, [50, 80, 100]],
    [49n, 85n, 100n, [50, 80]],
    [1n, 2n, 3n, [50]],
    [2n, 3n, 3n, [80, 100]],
    [0n, 1n, 1n, [50, 80, 100]],
    [0n, 5n, 0n, []],
    [4503599627370495n, 4503599627370496n, 9007199254740991n, [50]],
  ])('from %s to %s of %s: %j', (...[before, after, limit, crossed]) => {
    expect(crossedThresholds({ before, after, limit })).toEqual(crossed)
  })

  it('are crossed once each, however a limit is used up', () => {
    for (const limit of [1n, 2n, 7n, 100n, 333n]) {
      const crossed: number[] = []
      for (let used = 0n; used < limit + 3n; used += 1n) {
        crossed.push(...crossedThresholds({ before: used, after: used + 1n, limit }))
      }
      expect(crossed).toEqual([50, 80, 100])
    }
  })
})
