import { describe, expect, it } from '@jest/globals'
import type { LedgerLeg } from '@veramo-studio/ledger'
import fc from 'fast-check'
import { planLegs, type Charge, type Funds, type GrantFunds } from '../plan-legs.js'

const CHARGE: Charge = {
  meter: 'did.create',
  periodStart: '2030-01-01T00:00:00.000Z',
  units: 1n,
  price: 100n,
  network: 'mainnet',
  isGiven: true,
  limits: [{ meter: 'did.create', periodStart: '2030-01-01T00:00:00.000Z', isHard: false }],
}
const NOTHING: Funds = { left: [0n], grants: [], credit: 0n, deposit: 0n }

function grantOf(grantId: string, units: bigint, more: Partial<GrantFunds> = {}): GrantFunds {
  return { grantId, units, priority: 100, expiresAt: null, createdAt: '2030-01-01T00:00:00.000Z', ...more }
}

function coveredWith(funds: Partial<Funds>, charge: Partial<Charge> = {}) {
  const plan = planLegs({ ...CHARGE, ...charge }, { ...NOTHING, ...funds })
  if (plan.decision !== 'covered') throw new Error(`not covered: ${plan.decision}`)
  return plan
}

function payersOf(funds: Partial<Funds>, charge: Partial<Charge> = {}): string[] {
  return coveredWith(funds, charge).legs.map(({ from, amount }) => `${from} ${amount}`)
}

describe('planLegs', () => {
  const everything = { left: [1n], grants: [grantOf('g', 1n)], credit: 100n, deposit: 100n }

  it('draws allowance, then grants, then credit, then deposit', () => {
    const at = CHARGE.periodStart
    expect(payersOf(everything)).toEqual([`allowance:did.create:${at} 1`])
    expect(payersOf({ ...everything, left: [0n] })).toEqual(['grant:g 1'])
    const paid = { credit: 100n, deposit: 100n }
    expect(payersOf(paid)).toEqual(['outside:overage 1', 'credit:mainnet 100'])
    expect(payersOf({ deposit: 100n })).toEqual(['outside:overage 1', 'deposit:mainnet 100'])
    expect(coveredWith(everything, { units: 4n })).toMatchObject({
      coveredBy: ['allowance', 'grant', 'credit', 'deposit'],
      costNcheq: 200n,
    })
  })

  it('draws grants by priority, then by what expires first, then by age', () => {
    const grants = [
      grantOf('never', 1n),
      grantOf('older', 1n, { expiresAt: '2031-01-01T00:00:00.000Z', createdAt: '2029-01-01T00:00:00.000Z' }),
      grantOf('younger', 1n, { expiresAt: '2031-01-01T00:00:00.000Z' }),
      grantOf('sooner', 1n, { expiresAt: '2030-06-01T00:00:00.000Z' }),
      grantOf('first', 1n, { priority: -1 }),
    ]
    const order = ['grant:first 1', 'grant:sooner 1', 'grant:older 1', 'grant:younger 1', 'grant:never 1']
    expect(payersOf({ grants }, { units: 5n })).toEqual(order)
  })

  it('pays for all units into one account of used units, and the money to the revenue', () => {
    const { legs } = coveredWith(everything, { units: 4n })
    expect(new Set(legs.filter(({ asset }) => asset === 'unit:did.create').map(({ to }) => to))).toEqual(
      new Set([`used:did.create:${CHARGE.periodStart}`]),
    )
    expect(legs.filter(({ asset }) => asset === 'mainnet:ncheq').map(({ to }) => to)).toEqual(['revenue', 'revenue'])
  })

  it('never splits a unit between two payers', () => {
    const short = planLegs(CHARGE, { ...NOTHING, credit: 60n, deposit: 60n })
    expect(short).toMatchObject({ decision: 'balance_insufficient', costNcheq: 100n, availableNcheq: 60n })
    expect(payersOf({ credit: 60n, deposit: 100n })).toEqual(['outside:overage 1', 'deposit:mainnet 100'])
  })

  it('denies by the limit where none is sold, whatever money there is', () => {
    const rich = { ...NOTHING, credit: 10n ** 18n, deposit: 10n ** 18n }
    expect(planLegs({ ...CHARGE, price: null }, rich)).toEqual({ decision: 'limit_exhausted', short: CHARGE.limits })
  })

  const at = CHARGE.periodStart
  const main = { meter: 'did.create', periodStart: at, isHard: false }
  const daily = { meter: 'did.create/day', periodStart: at, isHard: false }
  const ceiling = { meter: 'did.create/month/max', periodStart: at, isHard: true }

  it('draws from all limits at once, and from the plan no more than the least of them has left', () => {
    const limits = [main, daily]
    expect(payersOf({ left: [5n, 2n], deposit: 100n }, { limits, units: 3n })).toEqual([
      ...[`allowance:did.create:${at} 2`, 'outside:overage 1', 'deposit:mainnet 100'],
      ...[`allowance:did.create/day:${at} 2`, 'outside:overage 1'],
    ])
    expect(coveredWith({ left: [5n, 2n], deposit: 100n }, { limits, units: 3n }).planUnits).toBe(2n)
    const short = planLegs({ ...CHARGE, limits, price: null }, { ...NOTHING, left: [5n, 0n] })
    expect(short).toEqual({ decision: 'limit_exhausted', short: [daily] })
  })

  it('lets nobody past a hard limit, whoever pays', () => {
    const limits = [main, ceiling]
    const rich = { grants: [grantOf('g', 9n)], credit: 900n, deposit: 900n }
    expect(planLegs({ ...CHARGE, limits, units: 3n }, { ...rich, left: [9n, 2n] })).toEqual({
      ...{ decision: 'limit_exhausted', short: [ceiling] },
    })
    expect(payersOf({ ...rich, left: [1n, 2n] }, { limits, units: 2n })).toEqual([
      ...[`allowance:did.create:${at} 1`, 'grant:g 1', `allowance:did.create/month/max:${at} 2`],
    ])
  })

  it('counts units of a plan that has no limit for its own period', () => {
    expect(payersOf({ left: [2n] }, { limits: [daily] })).toEqual([
      ...['outside:plan 1', `allowance:did.create/day:${at} 1`],
    ])
    expect(payersOf({ left: [2n] }, { limits: [ceiling] })).toEqual([
      ...['outside:plan 1', `allowance:did.create/month/max:${at} 1`],
    ])
  })

  it('gives nothing where the plan gives no more, and sells up to a hard limit', () => {
    const limits = [main, ceiling]
    const payers = payersOf({ left: [0n, 5n], credit: 100n }, { limits, isGiven: false })
    expect(payers).toEqual(['outside:overage 1', 'credit:mainnet 100', `allowance:did.create/month/max:${at} 1`])
  })

  it('pays from the network that is asked for', () => {
    expect(payersOf({ credit: 100n }, { network: 'testnet' })).toEqual(['outside:overage 1', 'credit:testnet 100'])
  })

  it('counts money past 2^53 exactly', () => {
    const price = 2n ** 53n + 1n
    const plan = planLegs({ ...CHARGE, price }, { ...NOTHING, credit: price - 1n })
    expect(plan).toMatchObject({ decision: 'balance_insufficient', costNcheq: 9007199254740993n })
    expect(coveredWith({ credit: price }, { price }).costNcheq).toBe(9007199254740993n)
  })

  const smallUnits = fc.bigInt({ min: 0n, max: 12n })
  const money = fc.bigInt({ min: 0n, max: 2n ** 60n })
  const fundsOf = fc.record({
    left: fc.tuple(smallUnits),
    grants: fc
      .array(fc.record({ units: smallUnits, priority: fc.integer({ min: 0, max: 3 }) }), { maxLength: 4 })
      .map((grants) => grants.map((each, index) => grantOf(`g${index}`, each.units, { priority: each.priority }))),
    credit: money,
    deposit: money,
  })
  const chargeOf = fc.record({
    units: fc.bigInt({ min: 1n, max: 20n }),
    price: fc.option(fc.bigInt({ min: 1n, max: 2n ** 58n }), { nil: null }),
  })

  it('covers a charge exactly with what there is, or denies it', () => {
    fc.assert(
      fc.property(chargeOf, fundsOf, (asked, funds) => {
        const plan = planLegs({ ...CHARGE, ...asked }, funds)
        const free = funds.left[0] + funds.grants.reduce((sum, { units }) => sum + units, 0n)
        if (plan.decision !== 'covered') {
          expect(free < asked.units).toBe(true)
          return
        }
        const { legs } = plan
        const sumOf = (matches: (leg: LedgerLeg) => boolean) =>
          legs.filter(matches).reduce((sum, { amount }) => sum + amount, 0n)
        expect(sumOf(({ asset }) => asset === 'unit:did.create')).toBe(asked.units)
        const overage = sumOf(({ from }) => from === 'outside:overage')
        expect(overage).toBe(asked.units > free ? asked.units - free : 0n)
        expect(sumOf(({ asset }) => asset === 'mainnet:ncheq')).toBe(plan.costNcheq)
        expect(plan.costNcheq).toBe(overage * (asked.price ?? 0n))
        expect(sumOf(({ from }) => from.startsWith('allowance:')) <= funds.left[0]).toBe(true)
        expect(sumOf(({ from }) => from === 'credit:mainnet') <= funds.credit).toBe(true)
        expect(sumOf(({ from }) => from === 'deposit:mainnet') <= funds.deposit).toBe(true)
        for (const { grantId, units } of funds.grants) {
          expect(sumOf(({ from }) => from === `grant:${grantId}`) <= units).toBe(true)
        }
        expect(plan.legs.every(({ amount }) => amount > 0n)).toBe(true)
      }),
    )
  })

  it('says what is missing: a deposit of the difference is enough, and one of less is not', () => {
    fc.assert(
      fc.property(chargeOf, fundsOf, (asked, funds) => {
        const charge = { ...CHARGE, ...asked }
        const plan = planLegs(charge, funds)
        if (plan.decision !== 'balance_insufficient') return
        const missing = plan.costNcheq - plan.availableNcheq
        expect(missing > 0n).toBe(true)
        expect(planLegs(charge, { ...funds, deposit: funds.deposit + missing }).decision).toBe('covered')
        const tooLittle = planLegs(charge, { ...funds, deposit: funds.deposit + missing - 1n })
        expect(tooLittle.decision).toBe('balance_insufficient')
      }),
    )
  })
})
