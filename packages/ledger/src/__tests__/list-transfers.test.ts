import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { PendingQuery } from '../index.js'
import { CREDIT, emptyLedger, leg, openLedger, operations, START, type OpenLedger } from './open-ledger.js'

const second = (count: number) => new Date(START.getTime() + count * 1000)

describeOnEachDatabase('the lists of holds', (fresh) => {
  let opened: OpenLedger
  let run: ReturnType<typeof operations>

  beforeAll(async () => {
    opened = await openLedger(await fresh())
  })

  beforeEach(async () => {
    await emptyLedger(opened)
    run = operations(opened)
    for (const tenantId of ['t1', 't2']) await run.fund(tenantId, 'fund', 100n)
    const holds: [string, string, number | null][] = [
      ['t2', 'h1', 3],
      ['t1', 'h2', 2],
      ['t1', 'h1', null],
      ['t1', 'h3', 1],
      ['t2', 'h2', 1],
    ]
    for (const [tenantId, transferId, expiry] of holds) {
      const expiresAt = expiry === null ? null : second(expiry).toISOString()
      await run.hold({ tenantId, transferId, legs: [leg(CREDIT, 'revenue', 1n)], expiresAt })
    }
  })

  afterAll(() => opened.database.close())

  const due = async (now: Date, limit = 10) => {
    const transfers = await opened.database.read((manager) => opened.ledger.listDue(manager, now, limit), {
      acrossTenants: true,
    })
    return transfers.map(({ tenantId, transferId }) => `${tenantId} ${transferId}`)
  }
  const pending = async (query?: PendingQuery) => {
    const transfers = await opened.database.read((manager) => opened.ledger.listPending(manager, query), {
      acrossTenants: true,
    })
    return transfers.map(({ tenantId, transferId }) => `${tenantId} ${transferId}`)
  }

  it('name those whose time has come, the earliest first, of all tenants', async () => {
    expect(await due(second(0))).toEqual([])
    expect(await due(second(1))).toEqual(['t1 h3', 't2 h2'])
    expect(await due(second(99))).toEqual(['t1 h3', 't2 h2', 't1 h2', 't2 h1'])
    expect(await due(second(99), 3)).toEqual(['t1 h3', 't2 h2', 't1 h2'])
  })

  it('name those that are pending, by tenant and id, page by page', async () => {
    expect(await pending()).toEqual(['t1 h1', 't1 h2', 't1 h3', 't2 h1', 't2 h2'])
    expect(await pending({ tenantId: 't1' })).toEqual(['t1 h1', 't1 h2', 't1 h3'])
    expect(await pending({ limit: 2 })).toEqual(['t1 h1', 't1 h2'])
    const after = { tenantId: 't1', transferId: 'h2' }
    expect(await pending({ limit: 2, after })).toEqual(['t1 h3', 't2 h1'])
    expect(await pending({ tenantId: 't1', after })).toEqual(['t1 h3'])
  })

  it('leave out what has ended, and follow what was rescheduled', async () => {
    opened.clock.set(second(1))
    await run.settle('t1', 'h1')
    await run.void('t1', 'h2')
    await run.expire('t1', 'h3')
    await run.reschedule('t2', 'h2', null)
    expect(await due(second(99))).toEqual(['t2 h1'])
    expect(await pending()).toEqual(['t2 h1', 't2 h2'])
  })

  it('say when each was made and is due', async () => {
    const [transfer] = await opened.database.read((manager) => opened.ledger.listDue(manager, second(1), 1), {
      acrossTenants: true,
    })
    expect(transfer).toEqual({
      tenantId: 't1',
      transferId: 'h3',
      createdAt: START.toISOString(),
      expiresAt: second(1).toISOString(),
    })
  })

  it('do not fail for one transfer that was tampered with: reading that one does', async () => {
    await opened.database.write(
      (manager) =>
        manager.query(
          `UPDATE "studio_ledger_transfer" SET "legs" = 'none' WHERE "tenantId" = 't1' AND "transferId" = 'h3'`,
        ),
      { acrossTenants: true },
    )
    expect(await due(second(1))).toEqual(['t1 h3', 't2 h2'])
    const read = (transferId: string) =>
      opened.database.read((manager) => opened.ledger.getTransfer(manager, { tenantId: 't1', transferId }), {
        acrossTenants: true,
      })
    await expect(read('h3')).rejects.toMatchObject({ code: 'ledger_corrupt' })
    expect(await read('h2')).toMatchObject({ state: 'pending', legs: [leg(CREDIT, 'revenue', 1n)] })
    expect(await read('h9')).toBeUndefined()
  })

  it('refuse limits and times that are none', async () => {
    const invalid = { code: 'invalid_argument' }
    await expect(due(second(1), 0)).rejects.toMatchObject(invalid)
    await expect(due(new Date('never'))).rejects.toMatchObject(invalid)
    await expect(pending({ limit: 1001 })).rejects.toMatchObject(invalid)
    await expect(pending({ tenantId: '' })).rejects.toMatchObject(invalid)
    await expect(pending({ after: { tenantId: 't1', transferId: '' } })).rejects.toMatchObject(invalid)
  })
})
