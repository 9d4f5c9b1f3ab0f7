import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { Statement, StatementQuery } from '../index.js'
import { CREDIT, emptyLedger, leg, openLedger, operations, OUTSIDE, UNIT, type OpenLedger } from './open-ledger.js'

const CHEQ = 'mainnet:ncheq'
const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`
/** Where the next page begins; undefined after the last. */
function nextOf({ nextAfterSeq, nextBeforeSeq }: Statement): Partial<StatementQuery> | undefined {
  if (nextAfterSeq !== undefined) return { afterSeq: nextAfterSeq }
  return nextBeforeSeq === undefined ? undefined : { beforeSeq: nextBeforeSeq }
}

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
    opened.database.read((manager) => opened.ledger.statement(manager, { tenantId: 't1', ...query }), {
      acrossTenants: true,
    })
  const seqs = async (query: Partial<StatementQuery>) => (await statement(query)).entries.map((entry) => entry.seq)
  const balanceAt = (code: string, instant: string | Date, asset = UNIT) => {
    const account = { tenantId: 't1', code, asset, at: instant instanceof Date ? instant.toISOString() : instant }
    return opened.database.read((manager) => opened.ledger.balanceAt(manager, account), { acrossTenants: true })
  }

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
    [{ from: at(2), to: at(5) }, [3, 4, 5, 6, 7, 8]],
    [{ from: '2026-01-01T00:00:01.001Z', to: '2026-01-01T00:00:02.001Z' }, [3, 4]],
    [{ from: at(5) }, [9, 10, 11, 12]],
    [{ to: at(3) }, [1, 2, 3, 4]],
    [{ from: at(7) }, []],
    [{ to: at(1) }, []],
    [{ from: at(5), to: at(2) }, []],
    [{ code: 'revenue', from: at(4) }, [11, 12]],
    [{ code: CREDIT, asset: CHEQ, from: at(2), to: at(6) }, [4, 6, 8, 10]],
    [{ asset: UNIT, to: at(3) }, [1, 3]],
  ])('lists the entries of %j either way, whatever the size of a page', async (query, expected) => {
    expect(await seqs(query)).toEqual(expected)
    expect(await seqs({ ...query, first: 'newest' })).toEqual(expected.toReversed())
    for (const limit of [1, 3, expected.length || 1]) {
      const paged = { oldest: [] as number[], newest: [] as number[] }
      for (const first of ['oldest', 'newest'] as const) {
        let next: Partial<StatementQuery> | undefined = {}
        for (let pages = 0; next !== undefined; pages += 1) {
          expect(pages).toBeLessThanOrEqual(expected.length)
          const page: Statement = await statement({ ...query, first, limit, ...next })
          expect(page.entries.length).toBeLessThanOrEqual(limit)
          paged[first].push(...page.entries.map((entry) => entry.seq))
          next = nextOf(page)
        }
      }
      expect(paged).toEqual({ oldest: expected, newest: expected.toReversed() })
    }
  })

  it('lists what lies between two numbers, either way', async () => {
    expect(await seqs({ afterSeq: 3, beforeSeq: 7 })).toEqual([4, 5, 6])
    expect(await seqs({ afterSeq: 3, beforeSeq: 7, first: 'newest' })).toEqual([6, 5, 4])
    expect(await seqs({ afterSeq: 3, beforeSeq: 7, from: at(3), to: at(4) })).toEqual([5, 6])
    expect(await seqs({ beforeSeq: 0 })).toEqual([])
  })

  it('shows what was appended meanwhile to who reads on, and only in the direction that he reads', async () => {
    const oldest = await statement({ limit: 11 })
    const newest = await statement({ first: 'newest', limit: 11 })
    await run.fund('t1', 'later', 1n)
    expect(await seqs({ ...nextOf(oldest) })).toEqual([12, 13])
    expect(await seqs({ ...nextOf(newest), first: 'newest' })).toEqual([1])
  })

  it('lists for a time what lies between the balances then, also where a clock was set back', async () => {
    opened.clock.set(new Date(at(30)))
    await run.fund('t1', 'ahead', 100n)
    opened.clock.set(new Date(at(20)))
    await run.fund('t1', 'right again', 1000n)
    const query = { code: CREDIT, asset: UNIT }
    for (const [from, to] of [
      [15, 25],
      [15, 31],
      [25, 40],
      [4, 20],
    ] as const) {
      const { entries } = await statement({ ...query, from: at(from), to: at(to) })
      const moved = entries.reduce((sum, { toCode, amount }) => sum + (toCode === CREDIT ? amount : -amount), 0n)
      const [before, after] = [from, to].map((second) => balanceAt(CREDIT, new Date(Date.parse(at(second)) - 1)))
      expect(moved).toBe((await after!) - (await before!))
    }
    expect(await seqs({ ...query, from: at(15) })).toEqual([13, 14])
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
    ['a beforeSeq that is no number', { beforeSeq: '3' }],
    ['another order', { first: 'latest' }],
    ['a from that is no time', { from: 'yesterday' }],
    ['a to in another form', { to: '2026-01-01' }],
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
    // Also at a time past the stamp that was wrong.
    expect(await balanceAt(CREDIT, '2099-01-01T00:00:00.001Z')).toBe(1103n)
    expect(await balanceAt(CREDIT, '2099-01-01T00:00:00.000Z')).toBe(1103n)
  })

  it('has 0 in an account that was never used, and refuses one that cannot be', async () => {
    expect(await run.balance('t1', 'never used')).toBe(0n)
    expect(await run.balance('t3', CREDIT)).toBe(0n)
    expect([await run.balance('t1', CREDIT, UNIT), await run.balance('t1', CREDIT, CHEQ)]).toEqual([3n, 300n])
    expect(await run.balance('t2', CREDIT)).toBe(5n)
    await expect(run.balance('t1', '')).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  it('gives the balances of named accounts, in the order of their names', async () => {
    const named = [
      { code: 'revenue', asset: CHEQ },
      { code: 'never used', asset: UNIT },
      { code: CREDIT, asset: UNIT },
      { code: CREDIT, asset: CHEQ },
      { code: 'revenue', asset: CHEQ },
    ]
    const balancesOf = (tenantId: string, accounts: unknown) =>
      opened.database.read((manager) => opened.ledger.balances(manager, tenantId, accounts as typeof named), {
        acrossTenants: true,
      })
    const balances = [900n, 0n, 3n, 300n, 900n]
    expect(await balancesOf('t1', named)).toEqual(
      named.map((account, index) => ({ ...account, balance: balances[index] })),
    )
    expect(await balancesOf('t3', named.slice(0, 1))).toEqual([{ ...named[0], balance: 0n }])
    const many = Array.from({ length: 900 }, (_unused, index) => ({ code: `c${index}`, asset: UNIT }))
    const [, , ...last] = await balancesOf('t1', [...many, ...named]).then((found) => found.slice(-named.length - 2))
    expect(last.map(({ balance }) => balance)).toEqual(balances)
    expect(await balancesOf('t1', [])).toEqual([])
    for (const accounts of [[null], [{ code: CREDIT }], [{ code: '', asset: UNIT }], 'credit']) {
      await expect(balancesOf('t1', accounts)).rejects.toMatchObject({ code: 'invalid_argument' })
    }
  })

  it('pages through the heads of all tenants', async () => {
    await run.fund('t3', 'fund', 5n)
    const heads = (after?: string) =>
      opened.database.read((manager) => opened.ledger.heads(manager, { limit: 2, ...(after && { after }) }), {
        acrossTenants: true,
      })
    const first = await heads()
    expect(first.map(({ tenantId, seq }) => [tenantId, seq])).toEqual([
      ['t1', 12],
      ['t2', 1],
    ])
    expect((await heads('t2')).map((head) => head.tenantId)).toEqual(['t3'])
    const last = (await statement({})).entries.at(-1)
    expect(first[0]?.hash).toBe(last?.hash)
    expect(await opened.database.read((manager) => opened.ledger.head(manager, 't1'), { acrossTenants: true })).toEqual(
      first[0],
    )
    expect(await opened.database.read((manager) => opened.ledger.head(manager, 't2'), { acrossTenants: true })).toEqual(
      first[1],
    )
    const none = await opened.database.read((manager) => opened.ledger.head(manager, 't4'), { acrossTenants: true })
    expect(none).toEqual({ tenantId: 't4', seq: 0, hash: '' })
  })
})
