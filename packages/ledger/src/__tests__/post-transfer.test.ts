import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { PostRequest } from '../index.js'
import {
  CREDIT,
  emptyLedger,
  leg,
  openLedger,
  operations,
  OUTSIDE,
  START,
  UNIT,
  type OpenLedger,
} from './open-ledger.js'

describeOnEachDatabase('posting', (fresh) => {
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

  const post = (request: Partial<PostRequest>) =>
    run.post({ tenantId: 't1', transferId: 'p1', legs: [leg(OUTSIDE, CREDIT, 10n)], ...request })

  it('moves all legs at once, for good, and makes accounts at their first use', async () => {
    const result = await post({
      legs: [
        leg(OUTSIDE, CREDIT, 10n),
        leg(CREDIT, 'revenue', 3n),
        { ...leg(OUTSIDE, CREDIT, 5n), asset: 'mainnet:ncheq' },
      ],
      metadata: { reason: 'welcome', nested: { list: [1, 'two', null, true] } },
    })
    expect(result).toEqual({
      outcome: 'posted',
      replayed: false,
      transfer: {
        tenantId: 't1',
        transferId: 'p1',
        kind: 'post',
        state: 'posted',
        legs: [
          leg(OUTSIDE, CREDIT, 10n),
          leg(CREDIT, 'revenue', 3n),
          { ...leg(OUTSIDE, CREDIT, 5n), asset: 'mainnet:ncheq' },
        ],
        settledAmounts: null,
        metadata: { reason: 'welcome', nested: { list: [1, 'two', null, true] } },
        createdAt: START.toISOString(),
        expiresAt: null,
        endedAt: START.toISOString(),
        startSeq: 1,
        endSeq: null,
      },
    })
    const balances = await opened.database.read((manager) => opened.ledger.balances(manager, 't1'), {
      acrossTenants: true,
    })
    expect(balances).toHaveLength(5)
    expect(balances).toEqual(
      expect.arrayContaining([
        { code: CREDIT, asset: 'mainnet:ncheq', balance: 5n },
        { code: CREDIT, asset: UNIT, balance: 7n },
        { code: OUTSIDE, asset: 'mainnet:ncheq', balance: -5n },
        { code: OUTSIDE, asset: UNIT, balance: -10n },
        { code: 'revenue', asset: UNIT, balance: 3n },
      ]),
    )
    expect(await run.verify()).toEqual({ valid: true, checked: 3 })
  })

  it('keeps the accounts and the numbers of one tenant apart from those of another', async () => {
    await post({})
    await post({ tenantId: 't2', legs: [leg(OUTSIDE, CREDIT, 1n)] })
    expect(await run.balance('t1', CREDIT)).toBe(10n)
    expect(await run.balance('t2', CREDIT)).toBe(1n)
    const heads = await opened.database.read((manager) => opened.ledger.heads(manager, { limit: 10 }), {
      acrossTenants: true,
    })
    expect(heads.map(({ tenantId, seq }) => [tenantId, seq])).toEqual([
      ['t1', 1],
      ['t2', 1],
    ])
  })

  it('answers a repeated request with the transfer that exists, and changes nothing', async () => {
    const first = await post({ metadata: { a: 1, b: 2 } })
    opened.clock.advanceMs(5000)
    const before = await run.everything('t1')
    expect(await post({ metadata: { b: 2, a: 1 } })).toEqual({ ...first, replayed: true })
    expect(await run.everything('t1')).toEqual(before)
  })

  it('answers a repeated request also where the account has not enough for a second one', async () => {
    await run.fund('t1', 'fund', 10n)
    await post({ legs: [leg(CREDIT, 'revenue', 10n)] })
    expect(await post({ legs: [leg(CREDIT, 'revenue', 10n)] })).toMatchObject({ outcome: 'posted', replayed: true })
    expect(await run.balance('t1', 'revenue')).toBe(10n)
  })

  it.each<[string, Partial<PostRequest>]>([
    ['amount', { legs: [leg(OUTSIDE, CREDIT, 11n)] }],
    ['asset', { legs: [{ ...leg(OUTSIDE, CREDIT, 10n), asset: 'other' }] }],
    ['account', { legs: [leg(OUTSIDE, 'suspense', 10n)] }],
    ['list of legs', { legs: [leg(OUTSIDE, CREDIT, 10n), leg(OUTSIDE, CREDIT, 10n)] }],
    ['metadata', { metadata: { reason: 'another' } }],
    ['amount, more than there is', { legs: [leg('suspense', CREDIT, 10n)] }],
  ])('refuses a transfer id that was used with another %s, and changes nothing', async (_what, request) => {
    await post({})
    const before = await run.everything('t1')
    await expect(post(request)).rejects.toMatchObject({ code: 'transfer_conflict', status: 409 })
    expect(await run.everything('t1')).toEqual(before)
  })

  it('refuses to hold under the id of a posting', async () => {
    await post({})
    const hold = run.hold({ tenantId: 't1', transferId: 'p1', legs: [leg(OUTSIDE, CREDIT, 10n)] })
    await expect(hold).rejects.toMatchObject({ code: 'transfer_conflict' })
  })

  it('lets two tenants use the same transfer id', async () => {
    await post({})
    expect(await post({ tenantId: 't2' })).toMatchObject({ outcome: 'posted', replayed: false })
  })

  it('names the leg that an account cannot pay and what it has, and changes nothing', async () => {
    await run.fund('t1', 'fund', 10n)
    const before = await run.everything('t1')
    const legs = [leg(CREDIT, 'revenue', 4n), leg(OUTSIDE, 'suspense', 1n), leg(CREDIT, 'network-fee', 7n)]
    expect(await post({ legs })).toEqual({ outcome: 'insufficient', legIndex: 2, available: 6n })
    expect(await run.everything('t1')).toEqual(before)
  })

  it('applies legs in their order: what a leg brings the next may spend', async () => {
    const there = [leg(OUTSIDE, CREDIT, 5n), leg(CREDIT, 'revenue', 5n)]
    expect(await post({ legs: [...there].reverse() })).toEqual({ outcome: 'insufficient', legIndex: 0, available: 0n })
    expect(await post({ legs: there })).toMatchObject({ outcome: 'posted' })
    expect(await run.balances('t1')).toEqual({ [OUTSIDE]: -5n, revenue: 5n })
  })

  it.each<[string, object]>([
    ['no tenant', { tenantId: '' }],
    ['a tenant that is no text', { tenantId: 7 }],
    ['an id with a control character', { transferId: 'a\nb' }],
    ['an id with half a surrogate pair', { transferId: 'a\ud800' }],
    ['a long id', { transferId: 'x'.repeat(256) }],
    ['no legs', { legs: [] }],
    ['legs that are no list', { legs: {} }],
    ['a leg that is none', { legs: [null] }],
    ['too many legs', { legs: Array.from({ length: 101 }, () => leg(OUTSIDE, CREDIT, 1n)) }],
    ['a leg to where it comes from', { legs: [leg(CREDIT, CREDIT, 1n)] }],
    ['a leg from held', { legs: [leg('held', CREDIT, 1n)] }],
    ['a leg to held', { legs: [leg(OUTSIDE, 'held', 1n)] }],
    ['an empty asset', { legs: [{ ...leg(OUTSIDE, CREDIT, 1n), asset: '' }] }],
    ['metadata that is no object', { metadata: ['a'] }],
    ['a Date in the metadata', { metadata: { at: START } }],
    ['a bigint in the metadata', { metadata: { amount: 1n } }],
    ['NaN in the metadata', { metadata: { share: Number.NaN } }],
    ['large metadata', { metadata: { text: 'x'.repeat(16_384) } }],
  ])('refuses %s, and changes nothing', async (_what, request) => {
    await expect(post(request as Partial<PostRequest>)).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
    expect(await run.everything('t1')).toEqual([{ tenantId: 't1', seq: 0, hash: '' }, [], { entries: [] }, []])
  })

  it('takes a hundred legs, and names of any script', async () => {
    const tenantId = 'مستأجر 🚀'
    const legs = Array.from({ length: 100 }, (_unused, index) => leg(OUTSIDE, `grant:${index}`, BigInt(index + 1)))
    expect(await post({ tenantId, transferId: 'Überweisung', legs })).toMatchObject({ outcome: 'posted' })
    expect(await run.balance(tenantId, 'grant:99')).toBe(100n)
    expect(await run.verify()).toEqual({ valid: true, checked: 100 })
  })

  it('is undone with the write that it is part of', async () => {
    const write = opened.database.write(
      async (manager) => {
        await opened.ledger.post(manager, { tenantId: 't1', transferId: 'p1', legs: [leg(OUTSIDE, CREDIT, 10n)] })
        throw new Error('the caller changed its mind')
      },
      { acrossTenants: true },
    )
    await expect(write).rejects.toThrow('changed its mind')
    expect(await run.everything('t1')).toEqual([{ tenantId: 't1', seq: 0, hash: '' }, [], { entries: [] }, []])
    expect(await post({})).toMatchObject({ outcome: 'posted', replayed: false })
  })

  it('works one after another where a caller starts several in one write', async () => {
    const ids = Array.from({ length: 10 }, (_unused, index) => `p${index}`)
    await opened.database.write(
      (manager) =>
        Promise.all(
          ids.map((transferId) =>
            opened.ledger.post(manager, { tenantId: 't1', transferId, legs: [leg(OUTSIDE, CREDIT, 1n)] }),
          ),
        ),
      { acrossTenants: true },
    )
    expect(await run.balance('t1', CREDIT)).toBe(10n)
    expect(await run.verify()).toEqual({ valid: true, checked: 10 })
  })

  it('refuses a manager that is in no transaction', async () => {
    const { database, ledger } = opened
    const request = { tenantId: 't1', transferId: 'p1', legs: [leg(OUTSIDE, CREDIT, 1n)] }
    await expect(
      database.read((manager) => ledger.post(manager, request), { acrossTenants: true }),
    ).rejects.toMatchObject({
      code: 'transaction_required',
    })
  })
})
