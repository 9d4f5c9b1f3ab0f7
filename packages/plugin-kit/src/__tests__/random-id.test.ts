import { describe, expect, it } from '@jest/globals'
import { BASE36, BASE62, randomString } from '../index.js'

describe('a random string', () => {
  it.each([0, 1, 2, 21, 400])('has the length that was asked for: %i', (length) => {
    expect(randomString(length)).toHaveLength(length)
  })

  it('is made of the characters of its alphabet, and of all of them', () => {
    for (const alphabet of [BASE62, BASE36, '01']) {
      const seen = new Set(randomString(20_000, alphabet))
      expect([...seen].sort()).toEqual([...alphabet].sort())
    }
  })

  it('favours no character: 256 is no multiple of 62', () => {
    const length = 620_000
    const counts = new Map<string, number>()
    for (const character of randomString(length)) counts.set(character, (counts.get(character) ?? 0) + 1)
    const expected = length / BASE62.length
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // 61 degrees of freedom: a fair source exceeds 140 less than once in ten million runs. With a plain modulo, the
    // first eight characters would come a quarter more often than the others, and the sum be thousands.
    expect(chiSquare).toBeLessThan(140)
  })

  it('does not come twice', () => {
    const strings = Array.from({ length: 10_000 }, () => randomString(12))
    expect(new Set(strings).size).toBe(strings.length)
  })
})
