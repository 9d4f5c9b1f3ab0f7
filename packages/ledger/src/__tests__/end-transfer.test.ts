import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { HoldRequest } from '../index.js'
import {
  CREDIT,
  emptyLedger,
  leg,
  openLedger,
  openLedgerDatabase,
  operations,
  OUTSIDE,
  START,
  type OpenLedger,
} from './open-ledger.js'

const IN_A_MINUTE = new Date(START.getTime() + 60_000).toISOString()
const ALLOWANCE = 'allowance:did.create:2026-01-01'
const LEGS = [leg(ALLOWANCE, 'revenue', 3n), leg(CREDIT, 'revenue', 7n)]
const FUNDED = { [ALLOWANCE]: 3n, [CREDIT]: 10n, [OUTSIDE]: -13n }

describeOnEachDatabase('a hold', (fresh) => {
  let url: string
  let opened: OpenLedger
  let run: ReturnType<typeof operations>

  beforeAll(async () => {
    url = await fresh()
    opened = await openLedger(url)
  })

  beforeEach(async () => {
    await emptyLedger(opened)
    run = operations(opened)
    await run.post({ tenantId: 't1', transferId: 'fund1', legs: [leg(OUTSIDE, ALLOWANCE, 3n)] })
    await run.fund('t1', 'fund2', 10n)
  })

  afterAll(() => opened.database.close())

  const hold = (request: Partial<HoldRequest> = {}) =>
    run.hold({ tenantId: 't1', transferId: 'h1', legs: LEGS, expiresAt: IN_A_MINUTE, ...request })

  it('sets its legs aside', async () => {
    expect(await hold()).toMatchObject({
      outcome: 'held',
      replayed: false,
      transfer: { kind: 'hold', state: 'pending', legs: LEGS, expiresAt: IN_A_MINUTE, endedAt: null, endSeq: null },
    })
    expect(await run.balances('t1')).toEqual({ [CREDIT]: 3n, held: 10n, [OUTSIDE]: -13n })
  })

  it('takes nothing where one leg cannot be covered', async () => {
    const before = await run.everything('t1')
    const legs = [LEGS[0]!, leg(CREDIT, 'revenue', 11n)]
    expect(await hold({ legs })).toEqual({ outcome: 'insufficient', legIndex: 1, available: 10n })
    expect(await run.everything('t1')).toEqual(before)
  })

  it('does not end where less is held than it has set aside', async () => {
    await hold()
    await opened.database.write(
      (manager) => manager.query(`UPDATE "studio_ledger_account" SET "balance" = 9 WHERE "code" = 'held'`),
      { acrossTenants: true },
    )
    const before = await run.everything('t1')
    for (const end of [run.settle, run.void]) {
      await expect(end('t1', 'h1')).rejects.toMatchObject({ code: 'ledger_corrupt', status: 500 })
    }
    expect(await run.everything('t1')).toEqual(before)
  })

  it('that is asked for of a tenant without books begins none', async () => {
    expect(await run.settle('nobody', 'h1')).toEqual({ outcome: 'unknown_transfer' })
    const heads = await opened.database.read((manager) => opened.ledger.heads(manager, { limit: 10 }), {
      acrossTenants: true,
    })
    expect(heads.map(({ tenantId }) => tenantId)).toEqual(['t1'])
  })

  it('cannot take what another one holds', async () => {
    await hold()
    expect(await hold({ transferId: 'h2', legs: [leg(CREDIT, 'revenue', 4n)] })).toEqual({
      outcome: 'insufficient',
      legIndex: 0,
      available: 3n,
    })
  })

  it('is answered as it is by now when it is asked for again, also with a later expiry', async () => {
    await hold()
    const later = { expiresAt: '2026-01-02T00:00:00.000Z' }
    expect(await hold(later)).toMatchObject({
      outcome: 'held',
      replayed: true,
      transfer: { state: 'pending', expiresAt: IN_A_MINUTE },
    })
    await run.settle('t1', 'h1')
    const before = await run.everything('t1')
    expect(await hold(later)).toMatchObject({ outcome: 'held', replayed: true, transfer: { state: 'settled' } })
    expect(await run.everything('t1')).toEqual(before)
  })

  it.each(['tomorrow', '2026-01-01', '2026-13-01T00:00:00.000Z', 7, START])(
    'refuses %s for an expiry, and changes nothing',
    async (expiresAt) => {
      const before = await run.everything('t1')
      const refusal = { code: 'invalid_argument', status: 400 }
      await expect(hold({ expiresAt: expiresAt as string })).rejects.toMatchObject(refusal)
      expect(await run.everything('t1')).toEqual(before)
    },
  )

  it('pays all of its legs when it is settled', async () => {
    await hold()
    opened.clock.advanceMs(1000)
    expect(await run.settle('t1', 'h1')).toMatchObject({
      outcome: 'settled',
      transfer: {
        state: 'settled',
        settledAmounts: [3n, 7n],
        endedAt: '2026-01-01T00:00:01.000Z',
        startSeq: 3,
        endSeq: 5,
      },
    })
    expect(await run.balances('t1')).toEqual({ [CREDIT]: 3n, [OUTSIDE]: -13n, revenue: 10n })
  })

  it('returns what is not settled to the legs that it came from', async () => {
    await hold()
    await run.settle('t1', 'h1', [1n, 7n])
    expect(await run.balances('t1')).toEqual({
      [ALLOWANCE]: 2n,
      [CREDIT]: 3n,
      [OUTSIDE]: -13n,
      revenue: 8n,
    })
    const { entries } = await opened.database.read(
      (manager) => opened.ledger.statement(manager, { tenantId: 't1', afterSeq: 4 }),
      { acrossTenants: true },
    )
    expect(
      entries.map(({ kind, fromCode, toCode, amount, legIndex }) => [kind, fromCode, toCode, amount, legIndex]),
    ).toEqual([
      ['settle', 'held', 'revenue', 1n, 0],
      ['return', 'held', ALLOWANCE, 2n, 0],
      ['settle', 'held', 'revenue', 7n, 1],
    ])
  })

  it('may be settled at nothing, and is settled then, not voided', async () => {
    await hold()
    expect(await run.settle('t1', 'h1', [0n, 0n])).toMatchObject({
      outcome: 'settled',
      transfer: { state: 'settled', settledAmounts: [0n, 0n] },
    })
    expect(await run.balances('t1')).toEqual(FUNDED)
    expect(await run.verify()).toMatchObject({ valid: true })
  })

  it.each<[string, unknown]>([
    ['more than a leg has', [3n, 8n]],
    ['less than nothing', [-1n, 7n]],
    ['a number', [3, 7]],
    ['fractions', [0.5, 7n]],
    ['too few', [3n]],
    ['too many', [3n, 7n, 0n]],
    ['holes', Array(2)],
    ['no list', '37'],
  ])('cannot be settled with %s, and stays pending', async (_what, amounts) => {
    await hold()
    const before = await run.everything('t1')
    const settle = run.settle('t1', 'h1', amounts as bigint[])
    await expect(settle).rejects.toMatchObject({ code: 'amount_invalid', status: 400 })
    expect(await run.everything('t1')).toEqual(before)
  })

  it('returns everything when it is voided', async () => {
    await hold()
    expect(await run.void('t1', 'h1')).toMatchObject({
      outcome: 'voided',
      transfer: { state: 'voided', settledAmounts: null, endSeq: 5 },
    })
    expect(await run.balances('t1')).toEqual(FUNDED)
  })

  it('expires when its time has come, and not before', async () => {
    await hold()
    opened.clock.advanceMs(59_999)
    const before = await run.everything('t1')
    expect(await run.expire('t1', 'h1')).toEqual({ outcome: 'not_due', expiresAt: IN_A_MINUTE })
    expect(await run.everything('t1')).toEqual(before)
    opened.clock.advanceMs(1)
    expect(await run.expire('t1', 'h1')).toMatchObject({ outcome: 'expired', transfer: { state: 'expired' } })
    expect(await run.balances('t1')).toEqual(FUNDED)
  })

  it('without an expiry never expires, and can still be ended', async () => {
    await hold({ expiresAt: null })
    opened.clock.advanceMs(1e12)
    expect(await run.expire('t1', 'h1')).toEqual({ outcome: 'not_due', expiresAt: null })
    expect(await run.settle('t1', 'h1')).toMatchObject({ outcome: 'settled' })
  })

  it('can be kept from expiring, and be let expire again', async () => {
    await hold()
    opened.clock.advanceMs(60_000)
    expect(await run.reschedule('t1', 'h1', null)).toMatchObject({
      outcome: 'rescheduled',
      transfer: { state: 'pending', expiresAt: null },
    })
    expect(await run.expire('t1', 'h1')).toEqual({ outcome: 'not_due', expiresAt: null })
    await expect(run.reschedule('t1', 'h1', 'never')).rejects.toMatchObject({ code: 'invalid_argument' })
    await run.reschedule('t1', 'h1', IN_A_MINUTE)
    expect(await run.verify()).toMatchObject({ valid: true })
    expect(await run.expire('t1', 'h1')).toMatchObject({ outcome: 'expired' })
    expect(await run.reschedule('t1', 'h1', null)).toMatchObject({ outcome: 'not_pending', state: 'expired' })
    expect(await run.reschedule('t1', 'none', null)).toEqual({ outcome: 'unknown_transfer' })
  })

  it.each(['settle', 'void', 'expire'] as const)(
    'is ended by the first, here %s: the others are told how',
    async (first) => {
      await hold()
      opened.clock.advanceMs(60_000)
      await run[first]('t1', 'h1')
      const state = { settle: 'settled', void: 'voided', expire: 'expired' }[first]
      const before = await run.everything('t1')
      for (const next of ['settle', 'void', 'expire'] as const) {
        expect(await run[next]('t1', 'h1')).toMatchObject({
          outcome: 'not_pending',
          state,
          transfer: { transferId: 'h1' },
        })
      }
      expect(await run.everything('t1')).toEqual(before)
      expect(await run.verify()).toMatchObject({ valid: true })
    },
  )

  it('is not what a posting is: that has no end', async () => {
    for (const end of ['settle', 'void', 'expire'] as const) {
      expect(await run[end]('t1', 'fund1')).toMatchObject({ outcome: 'not_pending', state: 'posted' })
    }
  })

  it('is unknown to another tenant', async () => {
    await hold()
    const before = await run.everything('t1')
    for (const end of ['settle', 'void', 'expire'] as const) {
      expect(await run[end]('t2', 'h1')).toEqual({ outcome: 'unknown_transfer' })
      expect(await run[end]('t1', 'h2')).toEqual({ outcome: 'unknown_transfer' })
    }
    expect(await run.everything('t1')).toEqual(before)
  })

  it.each(['settle', 'void', 'expire'] as const)(
    'is needed by name: %s refuses a reference that is none',
    async (end) => {
      await expect(run[end]('', 'h1')).rejects.toMatchObject({ code: 'invalid_argument' })
      await expect(run[end]('t1', 7 as never)).rejects.toMatchObject({ code: 'invalid_argument' })
    },
  )

  it('is there after a restart, and is settled then', async () => {
    await hold()
    await opened.database.close()
    opened.database = await openLedgerDatabase(url)
    run = operations(opened)
    expect(await run.settle('t1', 'h1')).toMatchObject({ outcome: 'settled' })
    expect(await run.balance('t1', 'revenue')).toBe(10n)
  })

  it('is not paid out once someone else has changed it in the database', async () => {
    await hold()
    await opened.database.write(
      (manager) => manager.query(`UPDATE "studio_ledger_transfer" SET "legs" = REPLACE("legs", 'revenue', 'suspense')`),
      { acrossTenants: true },
    )
    const corrupt = { code: 'ledger_corrupt', status: 500 }
    for (const end of ['settle', 'void', 'expire'] as const) {
      await expect(run[end]('t1', 'h1')).rejects.toMatchObject(corrupt)
    }
    await expect(hold()).rejects.toMatchObject(corrupt)
    expect(await run.balance('t1', 'held')).toBe(10n)
  })
})
