import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { currentContext, isStudioError, runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { LedgerQueue } from '../index.js'
import { CREDIT, emptyLedger, leg, openLedger, operations, OUTSIDE, UNIT, type OpenLedger } from './open-ledger.js'

const EARLY = '2025-01-01T00:00:00.000Z'

/** An outcome, or the code of the error. */
function outcomeOf(settled: PromiseSettledResult<{ outcome: string }>): string {
  if (settled.status === 'fulfilled') return settled.value.outcome
  return isStudioError(settled.reason) ? settled.reason.code : String(settled.reason)
}

describeOnEachDatabase('a queue', (fresh) => {
  let opened: OpenLedger
  let queue: LedgerQueue
  let run: ReturnType<typeof operations>

  beforeAll(async () => {
    opened = await openLedger(await fresh())
  })

  beforeEach(async () => {
    await emptyLedger(opened)
    queue = opened.ledger.queue(opened.database)
    run = operations(opened)
  })

  afterAll(() => opened.database.close())

  const legs = [leg(CREDIT, 'revenue', 2n)]
  const funding = (tenantId: string) => ({ tenantId, transferId: 'fund', legs: [leg(OUTSIDE, CREDIT, 10n)] })
  const t1 = (transferId: string) => ({ tenantId: 't1', transferId })

  it('does all operations, each with the answer that it would have alone', async () => {
    expect(await queue.post(funding('t1'))).toMatchObject({ outcome: 'posted', replayed: false })
    expect(await queue.post(funding('t1'))).toMatchObject({ outcome: 'posted', replayed: true })
    expect(await queue.hold({ ...t1('h1'), legs, expiresAt: EARLY })).toMatchObject({ outcome: 'held' })
    expect(await queue.reschedule({ ...t1('h1'), expiresAt: null })).toMatchObject({ outcome: 'rescheduled' })
    expect(await queue.expire(t1('h1'))).toEqual({ outcome: 'not_due', expiresAt: null })
    expect(await queue.settle({ ...t1('h1'), amounts: [1n] })).toMatchObject({ outcome: 'settled' })
    expect(await queue.void(t1('h1'))).toMatchObject({ outcome: 'not_pending', state: 'settled' })
    expect(await queue.void(t1('none'))).toEqual({ outcome: 'unknown_transfer' })
    expect(await queue.settle({ tenantId: 't9', transferId: 'h1' })).toEqual({ outcome: 'unknown_transfer' })
    expect(await run.balances('t1')).toEqual({ [CREDIT]: 9n, revenue: 1n, [OUTSIDE]: -10n })
    expect(await run.verify()).toEqual({ valid: true, checked: 4 })
  })

  it('does what waits in the order in which it was asked, on what came before', async () => {
    const results = await Promise.all([
      queue.hold({ ...t1('h0'), legs }),
      queue.post(funding('t1')),
      queue.hold({ ...t1('h1'), legs, expiresAt: EARLY }),
      queue.reschedule({ ...t1('h1'), expiresAt: EARLY }),
      queue.expire(t1('h1')),
      queue.settle(t1('h1')),
      queue.hold({ ...t1('h2'), legs: [leg(CREDIT, 'revenue', 10n)] }),
      queue.hold({ ...t1('h3'), legs }),
      queue.settle(t1('h2')),
      queue.hold({ ...t1('h2'), legs: [leg(CREDIT, 'revenue', 10n)] }),
    ])
    expect(results.map(({ outcome }) => outcome)).toEqual([
      ...['insufficient', 'posted', 'held', 'rescheduled', 'expired'],
      ...['not_pending', 'held', 'insufficient', 'settled', 'held'],
    ])
    expect(results.at(-1)).toMatchObject({ replayed: true, transfer: { state: 'settled' } })
    expect(await run.balances('t1')).toEqual({ revenue: 10n, [OUTSIDE]: -10n })
    expect(await run.verify()).toEqual({ valid: true, checked: 5 })
  })

  it('tells each of what is wrong with its own, and does the others', async () => {
    const results = await Promise.allSettled([
      queue.post(funding('t1')),
      queue.post({ ...funding('t1'), legs }),
      queue.post({ ...t1('huge'), legs: [leg('outside:other', CREDIT, 2n ** 63n - 1n)] }),
      queue.hold({ ...t1('h1'), legs }),
      queue.settle({ ...t1('h1'), amounts: [3n] }),
      queue.post({ ...t1('bad'), legs: [] }),
      queue.reschedule({ ...t1('h1'), expiresAt: 'never' }),
      queue.post(funding('t2')),
    ])
    expect(results.map(outcomeOf)).toEqual([
      ...['posted', 'transfer_conflict', 'balance_overflow', 'held'],
      ...['amount_invalid', 'invalid_argument', 'invalid_argument', 'posted'],
    ])
    expect(await run.balances('t1')).toEqual({ [CREDIT]: 8n, held: 2n, [OUTSIDE]: -10n })
    expect(await run.verify()).toEqual({ valid: true, checked: 3 })
  })

  it('takes more than fit a write, of many tenants, and transfers of many legs', async () => {
    const tenants = Array.from({ length: 40 }, (_unused, index) => `t${index}`)
    await Promise.all(tenants.map((tenantId) => queue.post(funding(tenantId))))
    const many = Array.from({ length: 600 }, (_unused, index) => ({
      ...{ tenantId: tenants[index % 40]!, transferId: `p${index}` },
      legs: Array.from({ length: index % 20 === 0 ? 100 : 1 }, () => leg(OUTSIDE, 'grant:1', 1n)),
    }))
    const results = await Promise.all(many.map((request) => queue.post(request)))
    expect(results.every(({ outcome }) => outcome === 'posted')).toBe(true)
    const entries = many.reduce((sum, request) => sum + request.legs.length, 0)
    expect(await run.verify()).toEqual({ valid: true, checked: entries + tenants.length })
  })

  it('lets all that waited know where the write fails, and goes on with the next', async () => {
    const { database } = opened
    await queue.post(funding('t1'))
    const sql = `UPDATE "studio_ledger_transfer" SET "seal" = 'x' WHERE "tenantId" = 't1'`
    await database.write((manager) => manager.query(sql), { acrossTenants: true })
    const results = await Promise.allSettled([queue.post(funding('t1')), queue.hold({ ...t1('h1'), legs })])
    expect(results).toMatchObject([{ reason: { code: 'ledger_corrupt' } }, { value: { outcome: 'held' } }])
    await database.write((manager) => manager.query(`DELETE FROM "studio_ledger_account" WHERE "tenantId" = 't1'`), {
      acrossTenants: true,
    })
    // A row in the way of the journal's next entry.
    const blocked = `UPDATE "studio_ledger_entry" SET "seq" = 3 WHERE "tenantId" = 't1' AND "seq" = 1`
    await database.write((manager) => manager.query(blocked), { acrossTenants: true })
    const failed = await Promise.allSettled([
      queue.post({ ...t1('p1'), legs: [leg(OUTSIDE, CREDIT, 1n)] }),
      queue.post(funding('t2')),
    ])
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await queue.post(funding('t2'))).toMatchObject({ outcome: 'posted', replayed: false })
  })

  it('writes as the operator, and lets each caller go on as who he is', async () => {
    const tenantIds = ['t1', 't2', 't3']
    const seen = await Promise.all(
      tenantIds.map((tenantId) =>
        runInTenant(tenantId, async () => {
          await queue.post(funding(tenantId))
          return currentContext().scope
        }),
      ),
    )
    expect(seen).toEqual(tenantIds.map((tenantId) => ({ kind: 'tenant', tenantId })))
    for (const tenantId of tenantIds) expect(await run.balance(tenantId, CREDIT, UNIT)).toBe(10n)
  })
})
