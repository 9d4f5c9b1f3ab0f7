import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { EntityManager } from 'typeorm'
import {
  CREDIT,
  emptyLedger,
  leg,
  openLedger,
  operations,
  OUTSIDE,
  tamperedWith,
  type OpenLedger,
} from './open-ledger.js'

/*
 * The ledger decides on what it has read. Whatever else changes those rows before it writes is not overwritten: the write
 * is refused, and undone.
 */

describeOnEachDatabase('a write of the ledger', (fresh) => {
  let opened: OpenLedger

  beforeAll(async () => {
    opened = await openLedger(await fresh())
  })

  beforeEach(async () => {
    await emptyLedger(opened)
    const run = operations(opened)
    await run.fund('t1', 'fund', 10n)
    await run.hold({ tenantId: 't1', transferId: 'h1', legs: [leg(CREDIT, 'revenue', 2n)] })
    await run.fund('t2', 'fund', 10n)
  })

  afterAll(() => opened.database.close())

  type Operation = (opened: OpenLedger, manager: EntityManager) => Promise<unknown>
  const post: Operation = ({ ledger }, manager) =>
    ledger.post(manager, { tenantId: 't1', transferId: 'p1', legs: [leg(CREDIT, 'revenue', 1n)] })
  const settle: Operation = ({ ledger }, manager) => ledger.settle(manager, { tenantId: 't1', transferId: 'h1' })
  const reschedule: Operation = ({ ledger }, manager) =>
    ledger.reschedule(manager, { tenantId: 't1', transferId: 'h1', expiresAt: null })
  const ofFirst = `WHERE "tenantId" = 't1'`

  it.each<[string, Operation, string]>([
    ['the head has another number', post, `UPDATE "studio_ledger_chain" SET "seq" = "seq" + 1 ${ofFirst}`],
    ['the head has another hash', post, `UPDATE "studio_ledger_chain" SET "hash" = 'x' ${ofFirst}`],
    ['the head is gone', settle, `DELETE FROM "studio_ledger_chain" ${ofFirst}`],
    [
      'the paying account has another balance',
      post,
      `UPDATE "studio_ledger_account" SET "balance" = 99 ${ofFirst} AND "code" = '${CREDIT}'`,
    ],
    ['less is held', settle, `UPDATE "studio_ledger_account" SET "balance" = 1 ${ofFirst} AND "code" = 'held'`],
    ['an account is gone', post, `DELETE FROM "studio_ledger_account" ${ofFirst} AND "code" = '${CREDIT}'`],
    [
      'the transfer has ended',
      settle,
      `UPDATE "studio_ledger_transfer" SET "state" = 'voided' ${ofFirst} AND "transferId" = 'h1'`,
    ],
    [
      'the transfer has another seal',
      settle,
      `UPDATE "studio_ledger_transfer" SET "seal" = 'x' ${ofFirst} AND "transferId" = 'h1'`,
    ],
    [
      'the transfer has another expiry and seal',
      reschedule,
      `UPDATE "studio_ledger_transfer" SET "seal" = 'x' ${ofFirst} AND "transferId" = 'h1'`,
    ],
    [
      'the transfer has ended as it is rescheduled',
      reschedule,
      `UPDATE "studio_ledger_transfer" SET "state" = 'expired' ${ofFirst} AND "transferId" = 'h1'`,
    ],
  ])('is refused where meanwhile %s', async (_what, operation, tampering) => {
    const run = operations(opened)
    const before = [await run.everything('t1'), await run.everything('t2')]
    const write = opened.database.write((manager) => operation(opened, tamperedWith(manager, tampering)), {
      acrossTenants: true,
    })
    await expect(write).rejects.toMatchObject({ code: 'ledger_moved', status: 500 })
    expect([await run.everything('t1'), await run.everything('t2')]).toEqual(before)
  })

  it.each<[string, Operation, string]>([
    ['posting', post, `UPDATE "studio_ledger_account" SET "balance" = "balance" + 1 WHERE "tenantId" = 't2'`],
    ['settling', settle, `UPDATE "studio_ledger_chain" SET "hash" = 'x' WHERE "tenantId" = 't2'`],
  ])('of one tenant is not concerned with what changes of another, as in %s', async (_what, operation, tampering) => {
    await opened.database.write((manager) => operation(opened, tamperedWith(manager, tampering)), {
      acrossTenants: true,
    })
    expect(await operations(opened).verify('t1')).toMatchObject({ valid: true })
    expect(await operations(opened).verify('t2')).toMatchObject({ valid: false })
  })

  it('ends the transfer that it names, and none that bears its seal', async () => {
    const run = operations(opened)
    await run.hold({ tenantId: 't1', transferId: 'h2', legs: [leg(CREDIT, 'revenue', 2n)] })
    const seal = `(SELECT "seal" FROM "studio_ledger_transfer" ${ofFirst} AND "transferId" = 'h1')`
    const forging = `UPDATE "studio_ledger_transfer" SET "seal" = ${seal} ${ofFirst} AND "transferId" = 'h2'`
    const write = opened.database.write((manager) => settle(opened, tamperedWith(manager, forging)), {
      acrossTenants: true,
    })
    expect(await write).toMatchObject({ outcome: 'settled', transfer: { transferId: 'h1' } })
    const states = await opened.database.read(
      (manager) =>
        manager.query<unknown[]>(
          `SELECT "transferId", "state" FROM "studio_ledger_transfer" ${ofFirst} AND "kind" = 'hold' ORDER BY "transferId"`,
        ),
      { acrossTenants: true },
    )
    expect(states).toEqual([
      { transferId: 'h1', state: 'settled' },
      { transferId: 'h2', state: 'pending' },
    ])
  })

  it('touches no account of another code, asset or tenant', async () => {
    const run = operations(opened)
    const other = { from: OUTSIDE, to: CREDIT, asset: 'mainnet:ncheq', amount: 10n }
    await run.post({ tenantId: 't1', transferId: 'other', legs: [other] })
    await opened.database.write((manager) => post(opened, manager), { acrossTenants: true })
    const balances = await opened.database.read((manager) => opened.ledger.balances(manager, 't1'), {
      acrossTenants: true,
    })
    expect(balances.map(({ code, asset, balance }) => `${code} ${asset} ${balance}`)).toEqual([
      'credit:mainnet mainnet:ncheq 10',
      'credit:mainnet unit:did.create 7',
      'held unit:did.create 2',
      'outside:operator mainnet:ncheq -10',
      'outside:operator unit:did.create -10',
      'revenue unit:did.create 1',
    ])
    expect(await run.balances('t2')).toEqual({ [CREDIT]: 10n, [OUTSIDE]: -10n })
  })
})
