import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { Account, AccountManagerCorrectArgs } from '../index.js'
import { MoneyMover } from './move-money.js'
import { openAccountManager, type OpenedAccountManager } from './open-account-manager.js'

describeOnEachDatabase('accountManagerCorrect', (fresh) => {
  let opened: OpenedAccountManager
  let ada: Account

  beforeAll(async () => {
    opened = await openAccountManager(await fresh())
  })

  beforeEach(async () => {
    ada = await opened.agent.accountManagerCreate({ name: 'Ada' })
    await opened.agent.accountManagerCredit({
      ...{ customerId: ada.customerId, network: 'mainnet', amount: { denom: 'ncheq', amount: '100' } },
      ...{ reason: 'welcome', idempotencyKey: 'k1' },
    })
  })

  afterAll(() => opened.database.close())

  const argsWith = (changed: object = {}): AccountManagerCorrectArgs => ({
    ...{ customerId: ada.customerId, network: 'mainnet', amount: { denom: 'ncheq', amount: '60' }, direction: 'out' },
    ...{ reason: 'given twice', idempotencyKey: 'k1' },
    ...changed,
  })
  const correct = (changed: object = {}) => opened.agent.accountManagerCorrect(argsWith(changed))
  const creditLeft = async () => {
    const { balances } = await opened.agent.accountManagerGetBalances({ customerId: ada.customerId })
    return balances[0]?.available.amount
  }

  it('takes back credit, once for a key, and leaves what was given in the list', async () => {
    const first = await correct()
    expect(first).toEqual({
      transactionId: expect.stringMatching(/^correct:[0-9a-f]{64}$/),
      ...{ type: 'correction', network: 'mainnet', amount: { denom: 'ncheq', amount: '60' }, direction: 'out' },
      ...{ source: 'credit', reason: 'given twice', createdAt: opened.clock.now().toISOString() },
    })
    expect(await correct()).toEqual(first)
    expect(await creditLeft()).toBe('40')
    const { items } = await opened.agent.accountManagerListTransactions({ customerId: ada.customerId })
    expect(items.map(({ type, direction }) => [type, direction])).toEqual([
      ['correction', 'out'],
      ['credit', 'in'],
    ])
    const books = await opened.ledger.verify(opened.database, { tenantId: ada.customerId })
    expect(books).toMatchObject({ valid: true })
  })

  it('gives back what was taken by mistake', async () => {
    await correct()
    expect(await correct({ direction: 'in', idempotencyKey: 'k2' })).toMatchObject({
      ...{ type: 'correction', direction: 'in', source: 'credit' },
    })
    expect(await creditLeft()).toBe('100')
  })

  it('never takes more than there is, nor what a call has set aside, nor a deposit', async () => {
    const mover = new MoneyMover(opened, ada.customerId)
    await mover.deposit(1000n)
    await mover.hold({ credit: 50n })
    await expect(correct()).rejects.toMatchObject({
      ...{ code: 'credit_insufficient', status: 409 },
      message: 'credit_insufficient: the customer has 50 ncheq of credit',
      extensions: { available: { denom: 'ncheq', amount: '50' } },
    })
    await expect(correct({ network: 'testnet' })).rejects.toMatchObject({ code: 'credit_insufficient' })
    expect(await creditLeft()).toBe('50')
    await correct({ amount: { denom: 'ncheq', amount: '50' } })
    expect(await creditLeft()).toBe('0')
  })

  it('takes no more than there is of many corrections at once', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_unused, index) =>
        correct({ amount: { denom: 'ncheq', amount: '30' }, idempotencyKey: `race ${index}` }),
      ),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    expect(await creditLeft()).toBe('10')
  })

  it.each<[string, object]>([
    ['another amount', { amount: { denom: 'ncheq', amount: '61' } }],
    ['another direction', { direction: 'in' }],
    ['another reason', { reason: 'other' }],
  ])('refuses a key that was used with %s', async (_what, changed) => {
    await correct()
    await expect(correct(changed)).rejects.toMatchObject({ code: 'conflict', status: 409 })
    expect(await creditLeft()).toBe('40')
  })

  it.each<[string, object]>([
    ['no direction', { direction: undefined }],
    ['another direction', { direction: 'up' }],
    ['a negative amount', { amount: { denom: 'ncheq', amount: '-1' } }],
    ['nothing', { amount: { denom: 'ncheq', amount: '0' } }],
    ['an unknown network', { network: 'devnet' }],
    ['no reason', { reason: ' ' }],
    ['no key', { idempotencyKey: '' }],
  ])('refuses %s', async (_what, changed) => {
    const refused = opened.uncheckedAgent.accountManagerCorrect(argsWith(changed))
    await expect(refused).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
    expect(await creditLeft()).toBe('100')
  })

  it('does not find customers that are none', async () => {
    await expect(correct({ customerId: 'nobody' })).rejects.toMatchObject({ code: 'not_found', status: 404 })
  })
})
