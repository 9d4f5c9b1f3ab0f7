import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { evaluateRateLimits, type LimitLevel } from '../evaluate-rate-limits.js'
import type { ApiKeyRateLimit } from '../index.js'

const START_MS = Date.parse('2030-03-01T12:00:00Z')

function limitOf(limit: number, windowMs: number, name = 'burst'): ApiKeyRateLimit {
  return { name, limit, windowMs, scope: 'strict', methods: ['*'] }
}

/** Draws at each instant, and tells which passed. */
function drawAt(limit: ApiKeyRateLimit, instantsMs: readonly number[], cost = 1): boolean[] {
  let level: LimitLevel | undefined
  return instantsMs.map((atMs) => {
    const decision = evaluateRateLimits([{ limit, level }], cost, START_MS + atMs)
    if (decision.allowed) level = decision.levels[0]
    return decision.allowed
  })
}

const limits = fc.record({
  limit: fc.integer({ min: 1, max: 5000 }),
  windowMs: fc.integer({ min: 1, max: 86_400_000 }),
})

describe('a rate limit', () => {
  it('lets exactly its number of calls through at once', () => {
    fc.assert(
      fc.property(limits, ({ limit, windowMs }) => {
        const passed = drawAt(limitOf(limit, windowMs), new Array<number>(limit + 3).fill(0)).filter(Boolean)
        expect(passed).toHaveLength(limit)
      }),
    )
  })

  it('never refuses who calls steadily at its rate', () => {
    fc.assert(
      fc.property(limits, ({ limit, windowMs }) => {
        const instants = Array.from(
          { length: 3 * Math.min(limit, 500) },
          (_unused, index) => (index * windowMs) / limit,
        )
        expect(drawAt(limitOf(limit, windowMs), instants).every(Boolean)).toBe(true)
      }),
    )
  })

  it('lets through no more than its number and what has refilled, whenever it is called', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 200 })
    const few = fc.record({ limit: fc.integer({ min: 1, max: 20 }), windowMs: fc.integer({ min: 1, max: 5000 }) })
    fc.assert(
      fc.property(few, gaps, ({ limit, windowMs }, steps) => {
        let atMs = 0
        const instants = steps.map((step) => (atMs += step))
        const passed = drawAt(limitOf(limit, windowMs), instants).filter(Boolean).length
        const spanMs = (instants.at(-1) ?? 0) - (instants[0] ?? 0)
        expect(passed).toBeLessThanOrEqual(limit + (spanMs * limit) / windowMs + 1e-6)
      }),
    )
  })

  it('says when the same call would pass, and it does, and not before', () => {
    const limit = limitOf(3, 1000)
    const level = { calls: 3, atMs: START_MS }
    const refused = evaluateRateLimits([{ limit, level }], 1, START_MS)
    expect(refused).toMatchObject({ allowed: false, retryAfterMs: 334, states: [{ remaining: 0, resetAfterMs: 1000 }] })
    expect(evaluateRateLimits([{ limit, level }], 1, START_MS + 333).allowed).toBe(false)
    expect(evaluateRateLimits([{ limit, level }], 1, START_MS + 334).allowed).toBe(true)
  })

  it('is drawn on together with others, or not at all', () => {
    const draws = [
      { limit: limitOf(10, 1000, 'wide'), level: undefined },
      { limit: limitOf(1, 1000, 'narrow'), level: { calls: 1, atMs: START_MS } },
    ]
    const { allowed, states, levels } = evaluateRateLimits(draws, 1, START_MS)
    expect(allowed).toBe(false)
    expect(states.map(({ remaining }) => remaining)).toEqual([10, 0])
    expect(levels.map(({ calls }) => calls)).toEqual([0, 1])
  })

  it('counts a call that costs more for what it costs, and at most for all of it', () => {
    expect(drawAt(limitOf(10, 1000), [0, 0, 0, 0], 3)).toEqual([true, true, true, false])
    expect(drawAt(limitOf(10, 1000), [0, 0, 1000], 50)).toEqual([true, false, true])
  })

  it('refills nothing twice where the clock is set back', () => {
    const passed = drawAt(limitOf(2, 1000), [0, 0, 0, -5000, -5000, 0])
    expect(passed).toEqual([true, true, false, false, false, false])
  })
})
