import { describe, expect, it } from '@jest/globals'
import { budgetAt, nextRefill, type BudgetState, type RefillInterval } from '../key-budget.js'

const state = (refillInterval: RefillInterval | null, filledAt: string): BudgetState => ({
  ...{ remaining: 1n, refillInterval, refillUnits: refillInterval === null ? null : 9n, filledAt, epoch: 'old' },
})

describe('a budget', () => {
  it.each<[RefillInterval, string, string, bigint, string]>([
    // Thursday, 28 February 2030
    ['day', '2030-02-28T00:00:00.000Z', '2030-02-28T23:59:59.999Z', 1n, '2030-03-01T00:00:00.000Z'],
    ['day', '2030-02-28T13:00:00.000Z', '2030-03-01T00:00:00.000Z', 9n, '2030-03-02T00:00:00.000Z'],
    ['week', '2030-02-28T13:00:00.000Z', '2030-03-03T23:59:59.999Z', 1n, '2030-03-04T00:00:00.000Z'],
    ['week', '2030-02-28T13:00:00.000Z', '2030-03-04T00:00:00.000Z', 9n, '2030-03-11T00:00:00.000Z'],
    ['month', '2030-02-01T00:00:00.000Z', '2030-02-28T23:59:59.999Z', 1n, '2030-03-01T00:00:00.000Z'],
    ['month', '2030-02-28T13:00:00.000Z', '2030-12-31T01:00:00.000Z', 9n, '2031-01-01T00:00:00.000Z'],
  ])('by the %s, filled at %s, has at %s %s left, until %s', (...row) => {
    const [interval, filledAt, now, remaining, next] = row
    const budget = budgetAt(state(interval, filledAt), new Date(now), 'new')
    expect([budget.remaining, budget.epoch]).toEqual([remaining, remaining === 9n ? 'new' : 'old'])
    expect(nextRefill(budget, new Date(now))).toBe(next)
  })

  it('that is never refilled stays as it is', () => {
    const never = state(null, '2000-01-01T00:00:00.000Z')
    expect(budgetAt(never, new Date('2030-01-01'), 'new')).toEqual(never)
    expect(nextRefill(never, new Date('2030-01-01'))).toBeNull()
  })

  it('is not filled twice by a clock that goes back', () => {
    const filled = budgetAt(state('day', '2030-01-01T00:00:00.000Z'), new Date('2030-01-03T12:00:00Z'), 'new')
    expect(budgetAt(filled, new Date('2030-01-02T12:00:00Z'), 'newer')).toBe(filled)
  })
})
