import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { planLegs, type Charge, type Funds } from '../plan-legs.js'
import { settledAmounts } from '../settled-amounts.js'

const AT = '2030-01-01T00:00:00.000Z'
const LIMITS = [
  { meter: 'm', periodStart: AT, isHard: false },
  { meter: 'm/day', periodStart: AT, isHard: false },
  { meter: 'm/year/max', periodStart: AT, isHard: true },
]

function sumBy(legs: readonly { from: string; asset: string; amount: bigint }[]): Map<string, bigint> {
  const sums = new Map<string, bigint>()
  for (const { from, asset, amount } of legs) {
    if (amount > 0n) sums.set(`${from} ${asset}`, (sums.get(`${from} ${asset}`) ?? 0n) + amount)
  }
  return sums
}

describe('settledAmounts', () => {
  const charge: Charge = {
    ...{ meter: 'm', periodStart: AT, units: 1n, price: 7n, network: 'mainnet', isGiven: true, limits: LIMITS },
  }
  const small = fc.bigInt({ min: 0n, max: 8n })
  const fundsOf = fc.record({
    left: fc.tuple(small, small, fc.constant(100n)),
    grants: fc.array(small, { maxLength: 3 }).map((all) =>
      all.map((units, index) => {
        return { grantId: `g${index}`, units, priority: 1, expiresAt: null, createdAt: AT }
      }),
    ),
    credit: fc.bigInt({ min: 0n, max: 60n }),
    deposit: fc.constant(10_000n),
  })

  it('makes a call that did fewer units cost what it would have cost with so few from the start', () => {
    fc.assert(
      fc.property(fundsOf, small, small, (funds: Funds, one, other) => {
        const [fewer, units] = one < other ? [one, other] : [other, one]
        if (fewer === 0n) return
        const whole = planLegs({ ...charge, units }, funds)
        const part = planLegs({ ...charge, units: fewer }, funds)
        if (whole.decision !== 'covered' || part.decision !== 'covered') throw new Error('not covered')
        const amounts = settledAmounts(whole.legs, fewer)
        const paid = whole.legs.map((leg, index) => ({ ...leg, amount: amounts[index] ?? 0n }))
        expect(sumBy(paid)).toEqual(sumBy(part.legs))
      }),
    )
  })

  it('settles nothing of a call that did nothing', () => {
    const plan = planLegs({ ...charge, units: 3n }, { left: [1n, 1n, 9n], grants: [], credit: 7n, deposit: 7n })
    if (plan.decision !== 'covered') throw new Error('not covered')
    expect(new Set(settledAmounts(plan.legs, 0n))).toEqual(new Set([0n]))
  })
})
