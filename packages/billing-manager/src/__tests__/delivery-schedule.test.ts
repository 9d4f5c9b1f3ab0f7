import { expect, it } from '@jest/globals'
import { afterAttempt, MOST_ATTEMPTS } from '../delivery-schedule.js'

it('waits longer after each attempt, give or take a fifth, and gives up after about three days', () => {
  const delays = (random: number) =>
    Array.from({ length: MOST_ATTEMPTS }, (_unused, index) => afterAttempt(index + 1, () => random))
  const [early, middle, late] = [delays(0), delays(0.5), delays(0.999_999)]
  expect(middle.slice(0, 3)).toEqual([5000, 300_000, 1_800_000])
  expect(middle.at(-1)).toBeUndefined()
  const known = middle.filter((delayMs) => delayMs !== undefined)
  expect(known).toHaveLength(MOST_ATTEMPTS - 1)
  expect(known).toEqual(known.toSorted((one, other) => one - other))
  for (const [index, delayMs] of known.entries()) {
    expect(early[index]).toBeCloseTo(delayMs * 0.8, -1)
    expect(late[index]).toBeCloseTo(delayMs * 1.2, -2)
  }
  expect(known.reduce((sum, delayMs) => sum + delayMs, 0) / 86_400_000).toBeGreaterThan(3)
})
