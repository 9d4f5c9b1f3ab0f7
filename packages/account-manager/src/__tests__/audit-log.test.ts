import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { runAsPrincipal, type Principal } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { Account, AccountManagerListAuditLogArgs, AuditEntry } from '../index.js'
import { AuditRow } from '../typeorm/audit-row.js'
import { MoneyMover } from './move-money.js'
import { openAccountManager, type OpenedAccountManager } from './open-account-manager.js'

const OPERATOR: Principal = {
  ...{ tenantId: 'operator', role: 'operator', keyId: 'op-key', permissions: ['*'], environment: 'live' },
}

describeOnEachDatabase('the audit log of accounts', (fresh) => {
  let opened: OpenedAccountManager
  let ada: Account

  beforeAll(async () => {
    opened = await openAccountManager(await fresh())
  })

  beforeEach(async () => {
    opened.clock.advanceMs(1000)
    ada = await runAsPrincipal(OPERATOR, () => opened.agent.accountManagerCreate({ name: 'Ada' }))
  })

  afterAll(() => opened.database.close())

  const asAda = <T>(work: () => Promise<T>) => {
    const principal: Principal = { ...OPERATOR, tenantId: ada.customerId, role: 'customer', keyId: 'ada-key' }
    return runAsPrincipal(principal, work)
  }
  const log = (args: AccountManagerListAuditLogArgs = {}) =>
    opened.agent.accountManagerListAuditLog({ customerId: ada.customerId, ...args })
  const money = (idempotencyKey: string, amount = '5') => ({
    ...{ customerId: ada.customerId, network: 'mainnet' as const, amount: { denom: 'ncheq' as const, amount } },
    ...{ reason: `because of ${idempotencyKey}`, idempotencyKey },
  })
  const summaries = (items: AuditEntry[]) => items.map(({ action, actor, reason }) => [action, actor.role, reason])

  /** Each kind of change, by whoever makes it. */
  const changeEverything = async () => {
    const { agent, clock } = opened
    const { customerId } = ada
    const second = () => clock.advanceMs(1000)
    second()
    await asAda(() => agent.accountManagerUpdate({ name: 'Ada L.', email: `${customerId}@example.com` }))
    second()
    const given = await runAsPrincipal(OPERATOR, () => agent.accountManagerCredit(money('credit')))
    second()
    const mover = new MoneyMover(opened, customerId)
    const charge = await mover.hold({ credit: 5n })
    await mover.settle(charge)
    const back = { ...money('refund'), transactionId: charge }
    const refunded = await agent.accountManagerRefund(back)
    second()
    const taken = await agent.accountManagerCorrect({ ...money('correct'), direction: 'out' })
    second()
    await runAsPrincipal(OPERATOR, () => agent.accountManagerClose({ customerId, reason: 'moved away' }))
    return { given, charge, refunded, taken }
  }

  it('says who changed what, when and why', async () => {
    const { given, charge, refunded, taken } = await changeEverything()
    const { items } = await log()
    expect(summaries(items)).toEqual([
      ['close', 'operator', 'moved away'],
      ['correct', 'code', 'because of correct'],
      ['refund', 'code', 'because of refund'],
      ['credit', 'operator', 'because of credit'],
      ['update', 'customer', null],
      ['create', 'operator', null],
    ])
    const moved = { network: 'mainnet', source: 'credit', amount: '5' }
    expect(items.map(({ before, after }) => [before, after])).toEqual([
      [{ status: 'active' }, { status: 'closed' }],
      [null, { transactionId: taken.transactionId, ...moved, direction: 'out' }],
      [null, { transactionId: refunded.transactionId, ...moved, direction: 'in', refundOf: charge }],
      [null, { transactionId: given.transactionId, ...moved, direction: 'in' }],
      [
        { name: 'Ada', email: null },
        { name: 'Ada L.', email: `${ada.customerId}@example.com` },
      ],
      [null, { name: 'Ada', email: null, plan: 'trial', status: 'active' }],
    ])
    expect(items.map(({ actor }) => actor.keyId)).toEqual(['op-key', null, null, 'op-key', 'ada-key', 'op-key'])
    expect(items[5]).toMatchObject({ customerId: ada.customerId, createdAt: ada.createdAt })
  })

  it('gives each entry once, newest first, whatever the size of a page and the filter', async () => {
    await changeEverything()
    const whole = (await log()).items
    for (const limit of [1, 2, 4]) {
      const items: AuditEntry[] = []
      let cursor: string | undefined
      do {
        const page = await log({ limit, ...(cursor && { cursor }) })
        items.push(...page.items)
        cursor = page.nextCursor
      } while (cursor !== undefined)
      expect(items).toEqual(whole)
    }
    expect((await log({ action: 'credit' })).items).toEqual([whole[3]])
    const [from, to] = [String(whole[3]?.createdAt), String(whole[1]?.createdAt)]
    expect((await log({ from, to })).items).toEqual(whole.slice(2, 4))
  })

  it('writes nothing of what was not changed, was repeated, or was refused', async () => {
    const { agent } = opened
    const { customerId } = ada
    await agent.accountManagerUpdate({ customerId, name: 'Ada' })
    await agent.accountManagerCredit(money('k'))
    await agent.accountManagerCredit(money('k'))
    await expect(agent.accountManagerCredit(money('k', '6'))).rejects.toMatchObject({ code: 'conflict' })
    await expect(agent.accountManagerCorrect({ ...money('k', '6'), direction: 'out' })).rejects.toThrow()
    await expect(agent.accountManagerClose({ customerId })).rejects.toMatchObject({ code: 'account_not_empty' })
    await agent.accountManagerCreate({ name: 'Bob', email: `taken-${customerId}@example.com` })
    const email = `taken-${customerId}@example.com`
    await expect(agent.accountManagerUpdate({ customerId, email })).rejects.toMatchObject({ code: 'email_taken' })
    expect(summaries((await log()).items).map(([action]) => action)).toEqual(['credit', 'create'])
  })

  it('shows a customer its own, without the keys of operators, and nobody else’s', async () => {
    await changeEverything()
    const own = await asAda(() => opened.agent.accountManagerListAuditLog({}))
    expect(own.items.map(({ actor }) => [actor.role, actor.keyId])).toEqual([
      ...[
        ['operator', null],
        ['code', null],
        ['code', null],
        ['operator', null],
      ],
      ...[
        ['customer', 'ada-key'],
        ['operator', null],
      ],
    ])
    const bob = await opened.agent.accountManagerCreate({ name: 'Bob' })
    for (const customerId of [bob.customerId, 'nobody']) {
      const other = asAda(() => opened.agent.accountManagerListAuditLog({ customerId }))
      await expect(other).rejects.toThrow('not_found: customer not found')
    }
  })

  it('shows an operator that of all customers, or of one', async () => {
    const bob = await opened.agent.accountManagerCreate({ name: 'Bob' })
    const all = await runAsPrincipal(OPERATOR, () => opened.agent.accountManagerListAuditLog({ limit: 2 }))
    expect(all.items.map(({ customerId }) => customerId).sort()).toEqual([ada.customerId, bob.customerId].sort())
    await expect(log({ customerId: 'nobody' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(log({ customerId: 'a\u0000' })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is not changed or deleted, not even in the database', async () => {
    const { database } = opened
    const before = (await log()).items
    const table = '"studio_account_audit"'
    const attempts = [`UPDATE ${table} SET "reason" = 'x'`, `DELETE FROM ${table}`]
    if (database.engine === 'postgres') attempts.push(`TRUNCATE ${table}`)
    for (const sql of attempts) {
      await expect(database.write((manager) => manager.query(sql), { acrossTenants: true })).rejects.toThrow(
        /append-only/,
      )
    }
    const [entry] = before
    const saving = database.write(
      (manager) =>
        manager.update(AuditRow, { tenantId: ada.customerId, entryId: String(entry?.entryId) }, { reason: 'x' }),
      { acrossTenants: true },
    )
    await expect(saving).rejects.toThrow(/append-only/)
    expect((await log()).items).toEqual(before)
  })

  it.each<[string, object]>([
    ['another action', { action: 'delete' }],
    ['a limit of 0', { limit: 0 }],
    ['a time that is none', { from: 'x' }],
    ['a cursor of its own making', { cursor: '!' }],
  ])('refuses %s', async (_what, args) => {
    await expect(opened.uncheckedAgent.accountManagerListAuditLog(args)).rejects.toMatchObject({
      ...{ code: 'invalid_argument', status: 400 },
    })
  })
})
