import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { StatementQuery } from '../index.js'
import { CREDIT, emptyLedger, leg, openLedger, operations, OUTSIDE, UNIT, type OpenLedger } from './open-ledger.js'

const CHEQ = 'mainnet:ncheq'
const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`

describeOnEachDatabase('reading the books', (fresh) => {
  let opened: OpenLedger
  let run: ReturnType<typeof operations>

  beforeAll(async () => {
    opened = await openLedger(await fresh())
  })

  beforeEach(async () => {
    await emptyLedger(opened)
    run = operations(opened)
    // Seconds 1 to 6: entries 1-2, 3-4, … of units and ncheq, from outside to credit or onwards to revenue.
    for (let second = 1; second <= 6; second += 1) {
      opened.clock.advanceMs(1000)
      const [from, to] = second % 3 === 0 ? [CREDIT, 'revenue'] : [OUTSIDE, CREDIT]
      const amount = BigInt(second)
      const legs = [leg(from, to, amount), { ...leg(from, to, amount * 100n), asset: CHEQ }]
      await run.post({ tenantId: 't1', transferId: `p${second}`, legs })
    }
    await run.fund('t2', 'fund', 5n)
  })

  afterAll(() => opened.database.close())

  const statement = (query: Partial<StatementQuery>) =>
    opened.database.read((manager) => opened.ledger.statement(manager, { tenantId: 't1', ...query }))
  const seqs = async (query: Partial<StatementQuery>) => (await statement(query)).entries.map((entry) => entry.seq)
  const balanceAt = (code: string, instant: string, asset = UNIT) =>
    opened.database.read((manager) => opened.ledger.balanceAt(manager, { tenantId: 't1', code, asset, at: instant }))

  it.each<[Partial<StatementQuery>, number[]]>([
    [{}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
    [{ asset: UNIT }, [1, 3, 5, 7, 9, 11]],
    [{ code: 'revenue' }, [5, 6, 11, 12]],
    [{ code: OUTSIDE }, [1, 2, 3, 4, 7, 8, 9, 10]],
    [{ code: OUTSIDE, asset: CHEQ }, [2, 4, 8, 10]],
    [{ code: CREDIT, asset: UNIT }, [1, 3, 5, 7, 9, 11]],
    [{ code: 'never used' }, []],
    [{ asset: 'never used' }, []],
    [{ tenantId: 't2' }, [1]],
    [{ tenantId: 't3' }, []],
  ])('lists the entries of %j in their order, whatever the size of a page', async (query, expected) => {
    expect(await seqs(query)).toEqual(expected)
    for (const limit of [1, 3, expected.length || 1]) {
      const paged: number[] = []
      let afterSeq: number | undefined = 0
      for (let pages = 0; afterSeq !== undefined; pages += 1) {
        expect(pages).toBeLessThanOrEqual(expected.length)
        const page: Awaited<ReturnType<typeof statement>> = await statement({ ...query, limit, afterSeq })
        expect(page.entries.length).toBeLessThanOrEqual(limit)
        paged.push(...page.entries.map((entry) => entry.seq))
        afterSeq = page.nextAfterSeq
      }
      expect(paged).toEqual(expected)
    }
  })

  it('shows each entry with the balances that it left, chained to the one before', async () => {
    const [, , first, second] = (await statement({})).entries
    expect(second).toEqual({
      tenantId: 't1',
      seq: 4,
      transferId: 'p2',
      legIndex: 1,
      kind: 'post',
      fromCode: OUTSIDE,
      toCode: CREDIT,
      asset: CHEQ,
      amount: 200n,
      fromBalance: -300n,
      toBalance: 300n,
      createdAt: at(2),
      previousHash: first?.hash,
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  it.each<[string, object]>([
    ['no tenant', { tenantId: '' }],
    ['an empty code', { code: '' }],
    ['an asset that is no text', { asset: 1 }],
    ['a limit of 0', { limit: 0 }],
    ['a limit past 1000', { limit: 1001 }],
    ['a negative afterSeq', { afterSeq: -1 }],
    ['a fractional afterSeq', { afterSeq: 1.5 }],
  ])('refuses %s', async (_what, query) => {
    await expect(statement(query)).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
  })

  it('knows the balance at any time', async () => {
    expect(await balanceAt(CREDIT, '2025-12-31T23:59:59.999Z')).toBe(0n)
    expect(await balanceAt(CREDIT, '2026-01-01T00:00:00.999Z')).toBe(0n)
    const expected = [1n, 3n, 0n, 4n, 9n, 3n]
    for (const [index, balance] of expected.entries()) {
      expect(await balanceAt(CREDIT, at(index + 1))).toBe(balance)
      expect(await balanceAt(CREDIT, at(index + 1), CHEQ)).toBe(balance * 100n)
    }
    expect(await balanceAt('revenue', at(5))).toBe(3n)
    expect(await balanceAt(OUTSIDE, at(59))).toBe(-12n)
    expect(await balanceAt('never used', at(59))).toBe(0n)
    await expect(balanceAt(CREDIT, 'yesterday')).rejects.toMatchObject({ code: 'invalid_argument' })
    await expect(balanceAt('', at(1))).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  it('knows the balance at a time also where a clock had run ahead', async () => {
    opened.clock.set(new Date('2099-01-01T00:00:00.000Z'))
    await run.fund('t1', 'ahead', 100n)
    opened.clock.set(new Date(at(20)))
    await run.fund('t1', 'right again', 1000n)
    expect(await balanceAt(CREDIT, at(19))).toBe(3n)
    expect(await balanceAt(CREDIT, at(21))).toBe(1103n)
  })

  it('has 0 in an account that was never used, and refuses one that cannot be', async () => {
    expect(await run.balance('t1', 'never used')).toBe(0n)
    expect(await run.balance('t3', CREDIT)).toBe(0n)
    await expect(run.balance('t1', '')).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  it('knows the balances of any number of accounts, in the order that they are asked for', async () => {
    const unused = Array.from({ length: 500 }, (_unused, index) => ({ code: `grant:${index}`, asset: UNIT }))
    const asked = [
      { code: CREDIT, asset: CHEQ },
      ...unused,
      { code: CREDIT, asset: UNIT },
      { code: CREDIT, asset: CHEQ },
    ]
    const balances = await opened.database.read((manager) => opened.ledger.balancesOf(manager, 't1', asked))
    const one = (asset: string) =>
      opened.database.read((manager) => opened.ledger.balance(manager, { tenantId: 't1', code: CREDIT, asset }))
    expect(balances).toEqual([await one(CHEQ), ...unused.map(() => 0n), await one(UNIT), await one(CHEQ)])
    expect(balances[0]).toBeGreaterThan(0n)
    const none = opened.database.read((manager) => opened.ledger.balancesOf(manager, 't1', []))
    expect(await none).toEqual([])
    const wrong = opened.database.read((manager) =>
      opened.ledger.balancesOf(manager, 't1', [{ code: '', asset: UNIT }]),
    )
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  it('pages through the heads of all tenants', async () => {
    await run.fund('t3', 'fund', 5n)
    const heads = (after?: string) =>
      opened.database.read((manager) => opened.ledger.heads(manager, { limit: 2, ...(after && { after }) }))
    const first = await heads()
    expect(first.map(({ tenantId, seq }) => [tenantId, seq])).toEqual([
      ['t1', 12],
      ['t2', 1],
    ])
    expect((await heads('t2')).map((head) => head.tenantId)).toEqual(['t3'])
    const last = (await statement({})).entries.at(-1)
    expect(first[0]?.hash).toBe(last?.hash)
    expect(await opened.database.read((manager) => opened.ledger.head(manager, 't1'))).toEqual(first[0])
    const none = await opened.database.read((manager) => opened.ledger.head(manager, 't4'))
    expect(none).toEqual({ tenantId: 't4', seq: 0, hash: '' })
  })
})
