import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { CREDIT, emptyLedger, leg, openLedger, operations, OUTSIDE, UNIT, type OpenLedger } from './open-ledger.js'

const MAX = 2n ** 63n - 1n
const PAST_DOUBLES = 2n ** 53n + 1n

describeOnEachDatabase('amounts', (fresh) => {
  let opened: OpenLedger
  let run: ReturnType<typeof operations>

  beforeAll(async () => {
    opened = await openLedger(await fresh())
  })

  beforeEach(async () => {
    await emptyLedger(opened)
    run = operations(opened)
  })

  afterAll(() => opened.database.close())

  it.each([1n, 2n ** 53n, PAST_DOUBLES, MAX - 1n, MAX])('are exact through every path at %s', async (amount) => {
    await run.fund('t1', 'fund', amount)
    expect(await run.balances('t1')).toEqual({ [CREDIT]: amount, [OUTSIDE]: -amount })
    const held = await run.hold({ tenantId: 't1', transferId: 'h1', legs: [leg(CREDIT, 'revenue', amount)] })
    expect(held).toMatchObject({ outcome: 'held', transfer: { legs: [leg(CREDIT, 'revenue', amount)] } })
    expect(await run.balances('t1')).toEqual({ held: amount, [OUTSIDE]: -amount })
    expect(await run.settle('t1', 'h1', [amount - 1n])).toMatchObject({ transfer: { settledAmounts: [amount - 1n] } })
    expect(await run.balance('t1', 'revenue')).toBe(amount - 1n)
    expect(await run.balance('t1', CREDIT)).toBe(1n)

    const { entries } = await opened.database.read((manager) => opened.ledger.statement(manager, { tenantId: 't1' }), {
      acrossTenants: true,
    })
    expect(entries.map((entry) => [entry.amount, entry.fromBalance, entry.toBalance])).toEqual(
      [
        [amount, -amount, amount],
        [amount, 0n, amount],
        [amount - 1n, 1n, amount - 1n],
        [1n, 0n, 1n],
      ].filter(([moved]) => moved !== 0n),
    )
    const at = opened.clock.now().toISOString()
    const account = { tenantId: 't1', code: OUTSIDE, asset: UNIT, at }
    expect(
      await opened.database.read((manager) => opened.ledger.balanceAt(manager, account), { acrossTenants: true }),
    ).toBe(-amount)
    const stored = await opened.database.read(
      (manager) => opened.ledger.getTransfer(manager, { tenantId: 't1', transferId: 'h1' }),
      { acrossTenants: true },
    )
    expect(stored).toMatchObject({ legs: [leg(CREDIT, 'revenue', amount)], settledAmounts: [amount - 1n] })
    expect(await run.verify()).toMatchObject({ valid: true })
  })

  it.each<[string, unknown]>([
    ['zero', 0n],
    ['negative', -1n],
    ['past 64 bits', MAX + 1n],
    ['far past 64 bits', 2n ** 64n],
    ['a number', 1],
    ['fractional', 1.5],
    ['a decimal string', '1'],
    ['missing', undefined],
    ['null', null],
  ])('that are %s are refused, and nothing is changed', async (_what, amount) => {
    await run.fund('t1', 'fund', 10n)
    const before = await run.everything('t1')
    const legs = [leg(CREDIT, 'revenue', 1n), { ...leg(CREDIT, 'revenue', 1n), amount: amount as bigint }]
    const refusal = { code: 'amount_invalid', status: 400 }
    await expect(run.post({ tenantId: 't1', transferId: 'p1', legs })).rejects.toMatchObject(refusal)
    await expect(run.hold({ tenantId: 't1', transferId: 'p1', legs })).rejects.toMatchObject(refusal)
    expect(await run.everything('t1')).toEqual(before)
  })

  it('that would take a balance past 64 bits are refused, and nothing is changed', async () => {
    await run.fund('t1', 'fund', MAX)
    const before = await run.everything('t1')
    const overflowOf = (code: string) => ({
      ...{ code: 'balance_overflow', status: 409 },
      message: expect.stringContaining(`legs[0] takes ${code} past 64 bits`),
    })
    // The account that receives, and the one outside that pays.
    const receive = run.post({ tenantId: 't1', transferId: 'p1', legs: [leg('outside:other', CREDIT, 1n)] })
    await expect(receive).rejects.toMatchObject(overflowOf(CREDIT))
    const pay = run.post({ tenantId: 't1', transferId: 'p1', legs: [leg(OUTSIDE, 'suspense', 2n)] })
    await expect(pay).rejects.toMatchObject(overflowOf(OUTSIDE))
    expect(await run.everything('t1')).toEqual(before)
    // The last amount that fits.
    expect(await run.post({ tenantId: 't1', transferId: 'fund2', legs: [leg(OUTSIDE, 'suspense', 1n)] })).toMatchObject(
      { outcome: 'posted' },
    )
    expect(await run.balance('t1', OUTSIDE)).toBe(-MAX - 1n)
    expect(await run.verify()).toEqual({ valid: true, checked: 2 })
  })

  it('that would overflow at settling leave the hold pending, and it can be voided', async () => {
    await run.fund('t1', 'fund', 5n)
    await run.hold({ tenantId: 't1', transferId: 'h1', legs: [leg(CREDIT, 'revenue', 5n)] })
    await run.post({ tenantId: 't1', transferId: 'p1', legs: [leg('outside:chain', 'revenue', MAX)] })
    const before = await run.everything('t1')
    await expect(run.settle('t1', 'h1')).rejects.toMatchObject({ code: 'balance_overflow' })
    expect(await run.everything('t1')).toEqual(before)
    expect(await run.void('t1', 'h1')).toMatchObject({ outcome: 'voided' })
    expect(await run.balance('t1', CREDIT)).toBe(5n)
  })
})
