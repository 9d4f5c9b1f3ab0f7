import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { Account, AccountManagerRefundArgs, Transaction } from '../index.js'
import { MoneyMover } from './move-money.js'
import { openAccountManager, type OpenedAccountManager } from './open-account-manager.js'

describeOnEachDatabase('accountManagerRefund', (fresh) => {
  let url: string
  let opened: OpenedAccountManager
  let ada: Account
  let mover: MoneyMover
  let charge: string

  beforeAll(async () => {
    url = await fresh()
    opened = await openAccountManager(url)
  })

  beforeEach(async () => {
    ada = await opened.agent.accountManagerCreate({ name: 'Ada' })
    mover = new MoneyMover(opened, ada.customerId)
    await opened.agent.accountManagerCredit({
      ...{ customerId: ada.customerId, network: 'mainnet', amount: { denom: 'ncheq', amount: '100' } },
      ...{ reason: 'welcome', idempotencyKey: 'k1' },
    })
    await mover.deposit(1000n)
    // Paid by two balances: 100 of credit, 200 of deposit.
    charge = await mover.hold({ credit: 100n, deposit: 200n })
    await mover.settle(charge)
  })

  afterAll(() => opened.database.close())

  const ncheq = (amount: number | bigint) => ({ denom: 'ncheq' as const, amount: String(amount) })
  const argsWith = (changed: object = {}): AccountManagerRefundArgs => ({
    ...{ customerId: ada.customerId, transactionId: charge, reason: 'it failed', idempotencyKey: 'r1' },
    ...changed,
  })
  const refund = (changed: object = {}, at = opened) => at.agent.accountManagerRefund(argsWith(changed))
  const available = async () => {
    const { balances } = await opened.agent.accountManagerGetBalances({ customerId: ada.customerId })
    return balances.slice(0, 2).map((balance) => Number(balance.available.amount))
  }

  it('gives a charge back to the balance that paid it, and says of which', async () => {
    expect(await refund()).toEqual({
      transactionId: expect.stringMatching(/^refund:[0-9a-f]{64}$/),
      ...{ type: 'refund', network: 'mainnet', amount: ncheq(100), direction: 'in', source: 'credit' },
      ...{ reason: 'it failed', method: 'didManagerCreate', meter: 'did.create', refundOf: charge },
      createdAt: opened.clock.now().toISOString(),
    })
    expect(await available()).toEqual([100, 800])
    expect(await refund({ transactionId: `${charge}#2`, idempotencyKey: 'r2' })).toMatchObject({
      ...{ source: 'deposit', amount: ncheq(200), refundOf: `${charge}#2` },
    })
    expect(await available()).toEqual([100, 1000])
    const books = await opened.ledger.verify(opened.database, { tenantId: ada.customerId })
    expect(books).toMatchObject({ valid: true })
  })

  it('gives back parts, and in all no more than was charged', async () => {
    await refund({ amount: ncheq(30) })
    await refund({ amount: ncheq(20), idempotencyKey: 'r2' })
    await expect(refund({ amount: ncheq(51), idempotencyKey: 'r3' })).rejects.toMatchObject({
      ...{ code: 'refund_exceeds_charge', status: 409 },
      message: 'refund_exceeds_charge: 100 ncheq were charged, and 50 of them were given back',
      extensions: { charged: ncheq(100), refunded: ncheq(50), refundable: ncheq(50) },
    })
    expect(await refund({ idempotencyKey: 'r4' })).toMatchObject({ amount: ncheq(50) })
    expect(await available()).toEqual([100, 800])
    for (const more of [{}, { amount: ncheq(1) }]) {
      const late = refund({ ...more, idempotencyKey: 'r5' })
      await expect(late).rejects.toMatchObject({ code: 'refund_exceeds_charge' })
    }
  })

  it('gives the same refund again for the same key and arguments, also when nothing is left', async () => {
    const first = await refund()
    opened.clock.advanceMs(1000)
    expect(await refund()).toEqual(first)
    for (const changed of [{ amount: ncheq(100) }, { reason: 'other' }, { transactionId: `${charge}#2` }]) {
      await expect(refund(changed)).rejects.toMatchObject({ code: 'conflict', status: 409 })
    }
    expect(await available()).toEqual([100, 800])
  })

  it('gives back what was settled of a call, and nothing of one that was not', async () => {
    const partly = await mover.hold({ deposit: 50n })
    await mover.settle(partly, [1n, 20n])
    await expect(refund({ transactionId: partly, amount: ncheq(21), idempotencyKey: 'r1' })).rejects.toMatchObject({
      code: 'refund_exceeds_charge',
    })
    expect(await refund({ transactionId: partly })).toMatchObject({ amount: ncheq(20), source: 'deposit' })
    const open = await mover.hold({ deposit: 5n })
    const voided = await mover.hold({ deposit: 5n })
    await mover.void(voided)
    for (const transactionId of [open, voided]) {
      await expect(refund({ transactionId, idempotencyKey: 'r2' })).rejects.toMatchObject({ code: 'not_found' })
    }
  })

  it('never gives back more than was charged, of many refunds in several processes at once', async () => {
    const other = await openAccountManager(url)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 16 }, (_unused, index) =>
        refund({ amount: ncheq(30), idempotencyKey: `race ${index}` }, index % 2 === 0 ? opened : other),
      ),
    )
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as object] : []))
    expect(refusals).toHaveLength(13)
    for (const reason of refusals) expect(reason).toMatchObject({ code: 'refund_exceeds_charge' })
    expect(await available()).toEqual([90, 800])
    await other.database.close()
  })

  it('gives back once for one key that many use at once', async () => {
    const refunds = await Promise.all(Array.from({ length: 10 }, () => refund({ amount: ncheq(10) })))
    for (const each of refunds) expect(each).toEqual(refunds[0])
    expect(await available()).toEqual([10, 800])
  })

  it('gives back a charge that has left the revenue', async () => {
    const asset = 'mainnet:ncheq'
    await mover.post([{ from: 'revenue', to: 'network-fee', asset, amount: 300n }], {})
    expect(await refund()).toMatchObject({ type: 'refund', amount: ncheq(100) })
    const { items } = await opened.agent.accountManagerListTransactions({ customerId: ada.customerId, type: 'refund' })
    expect(items.map(({ refundOf }) => refundOf)).toEqual([charge])
  })

  it('refuses what is no charge, and does not find what is none of the customer’s', async () => {
    const { items } = await opened.agent.accountManagerListTransactions({ customerId: ada.customerId })
    const others = items.filter(({ type }) => type !== 'charge')
    expect(others.map(({ type }) => type)).toEqual(['deposit', 'credit'])
    for (const { transactionId } of others) {
      await expect(refund({ transactionId })).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
    }
    const bob = await opened.agent.accountManagerCreate({ name: 'Bob' })
    for (const unknown of [
      ...[{ customerId: bob.customerId }, { customerId: 'nobody' }, { transactionId: 'unknown' }],
      ...[{ transactionId: `${charge}#3` }, { transactionId: `${charge}#1` }, { transactionId: 'a\u0000' }],
    ]) {
      await expect(refund(unknown)).rejects.toMatchObject({ code: 'not_found', status: 404 })
    }
    expect(await available()).toEqual([0, 800])
  })

  it.each<[string, object]>([
    ['an amount of nothing', { amount: { denom: 'ncheq', amount: '0' } }],
    ['a fraction', { amount: { denom: 'ncheq', amount: '1.5' } }],
    ['no reason', { reason: '' }],
    ['no key', { idempotencyKey: '' }],
    ['no transaction', { transactionId: 5 }],
  ])('refuses %s', async (_what, changed) => {
    const refused: Promise<Transaction> = opened.uncheckedAgent.accountManagerRefund(argsWith(changed))
    await expect(refused).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
  })
})
