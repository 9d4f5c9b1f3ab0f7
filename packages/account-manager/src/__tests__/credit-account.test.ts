import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { OPERATOR_TENANT_ID, runAsPrincipal, runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { Account, AccountManagerCreditArgs, PaymentNetwork } from '../index.js'
import { MoneyMover } from './move-money.js'
import { openAccountManager, type OpenedAccountManager } from './open-account-manager.js'

const MOST = String(2n ** 63n - 1n)
const NOBODY = 'c00000000000000000000'

describeOnEachDatabase('accountManagerCredit', (fresh) => {
  let url: string
  let opened: OpenedAccountManager
  let ada: Account

  beforeAll(async () => {
    url = await fresh()
    opened = await openAccountManager(url)
  })

  beforeEach(async () => {
    ada = await opened.agent.accountManagerCreate({ name: 'Ada' })
  })

  afterAll(() => opened.database.close())

  const argsWith = (changed: object = {}): AccountManagerCreditArgs => ({
    customerId: ada.customerId,
    network: 'mainnet',
    amount: { denom: 'ncheq', amount: '50000000000' },
    reason: 'welcome',
    idempotencyKey: 'k1',
    ...changed,
  })
  const credit = (changed: object = {}) => opened.agent.accountManagerCredit(argsWith(changed))
  const refused = (changed: object) => opened.uncheckedAgent.accountManagerCredit(argsWith(changed))
  const creditOf = (amount: unknown, idempotencyKey = 'k1') =>
    credit({ amount: { denom: 'ncheq', amount }, idempotencyKey })

  const creditOn = async (network: PaymentNetwork, customerId = ada.customerId): Promise<string | undefined> => {
    const { balances } = await opened.agent.accountManagerGetBalances({ customerId })
    return balances.find((balance) => balance.network === network && balance.source === 'credit')?.available.amount
  }
  const entryCount = async (): Promise<number> =>
    (await opened.database.read((manager) => opened.ledger.head(manager, ada.customerId), { acrossTenants: true })).seq

  it.each(['mainnet', 'testnet'] as const)(
    'gives a customer money on %s alone, and says what was posted',
    async (on) => {
      const other = on === 'mainnet' ? 'testnet' : 'mainnet'
      expect(await credit({ network: on, reason: '  welcome, Ada  ' })).toEqual({
        transactionId: expect.stringMatching(/^credit:[0-9a-f]{64}$/),
        type: 'credit',
        network: on,
        amount: { denom: 'ncheq', amount: '50000000000' },
        direction: 'in',
        source: 'credit',
        reason: 'welcome, Ada',
        createdAt: opened.clock.now().toISOString(),
      })
      expect(await creditOn(on)).toBe('50000000000')
      expect(await creditOn(other)).toBe('0')
    },
  )

  it('gives the same transaction again for the same key and arguments, and no more money', async () => {
    const first = await credit()
    opened.clock.advanceMs(60_000)
    expect(await credit()).toEqual(first)
    expect(await credit({ reason: ' welcome ' })).toEqual(first)
    expect(await creditOn('mainnet')).toBe('50000000000')
    expect(await entryCount()).toBe(1)
  })

  it('gives the same transaction again after a restart', async () => {
    const first = await credit()
    await opened.database.close()
    opened = await openAccountManager(url)
    expect(await credit()).toEqual(first)
    expect(await creditOn('mainnet')).toBe('50000000000')
  })

  it.each<[string, object]>([
    ['another amount', { amount: { denom: 'ncheq', amount: '50000000001' } }],
    ['another network', { network: 'testnet' }],
    ['another reason', { reason: 'goodbye' }],
  ])('refuses a key that was used with %s', async (_what, changed) => {
    await credit()
    await expect(credit(changed)).rejects.toMatchObject({
      code: 'conflict',
      status: 409,
      message: 'conflict: idempotencyKey was used for another credit',
    })
    expect(await creditOn('mainnet')).toBe('50000000000')
    expect(await creditOn('testnet')).toBe('0')
  })

  it('counts a key for one customer alone', async () => {
    const bob = await opened.agent.accountManagerCreate({ name: 'Bob' })
    await credit()
    await credit({ customerId: bob.customerId, reason: 'for Bob' })
    expect(await creditOn('mainnet', bob.customerId)).toBe('50000000000')
    expect(await creditOn('mainnet')).toBe('50000000000')
  })

  it('posts once for one key that twenty calls use at the same time', async () => {
    const transactions = await Promise.all(Array.from({ length: 20 }, () => credit()))
    for (const transaction of transactions) expect(transaction).toEqual(transactions[0])
    expect(await creditOn('mainnet')).toBe('50000000000')
    expect(await entryCount()).toBe(1)
  })

  it('lets one of many through that use a key with different arguments at the same time', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_unused, index) => creditOf(String(index + 1))),
    )
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as object] : []))
    expect(refusals).toHaveLength(9)
    for (const reason of refusals) expect(reason).toMatchObject({ code: 'conflict' })
    expect(await entryCount()).toBe(1)
  })

  it('adds up many credits that are given at the same time', async () => {
    await Promise.all(Array.from({ length: 20 }, (_unused, index) => creditOf('3', `k${index}`)))
    expect(await creditOn('mainnet')).toBe('60')
  })

  it.each([
    ['1', '1'],
    ['2^53 + 1', String(2n ** 53n + 1n)],
    ['2^63 - 2', String(2n ** 63n - 2n)],
    ['2^63 - 1', MOST],
  ])('keeps %s ncheq exactly', async (_what, amount) => {
    expect(await creditOf(amount)).toMatchObject({ amount: { denom: 'ncheq', amount } })
    expect(await creditOn('mainnet')).toBe(amount)
    const { items } = await opened.agent.accountManagerListTransactions({ customerId: ada.customerId })
    expect(items).toMatchObject([{ amount: { denom: 'ncheq', amount } }])
  })

  it('refuses what would take a balance past 2^63 - 1, and lets what fits through afterwards', async () => {
    await creditOf(String(2n ** 63n - 3n), 'k1')
    await expect(creditOf('3', 'k2')).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
    await expect(creditOf('3', 'k2')).rejects.toThrow(/past 2\^63 - 1/)
    expect(await creditOn('mainnet')).toBe(String(2n ** 63n - 3n))
    await creditOf('2', 'k2')
    expect(await creditOn('mainnet')).toBe(MOST)
  })

  it('finds a transaction again that no longer fits', async () => {
    const first = await creditOf(MOST)
    expect(await creditOf(MOST)).toEqual(first)
  })

  it('refuses what would take all that was ever given past 2^63 - 1, also where it was spent', async () => {
    await creditOf(MOST)
    const mover = new MoneyMover(opened, ada.customerId)
    await mover.settle(await mover.hold({ credit: BigInt(MOST) }))
    expect(await creditOn('mainnet')).toBe('0')
    await creditOf('1', 'k2')
    await expect(creditOf('1', 'k3')).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
    expect(await creditOn('mainnet')).toBe('1')
  })

  it.each<[string, unknown]>([
    ['0', '0'],
    ['a negative amount', '-1'],
    ['a fraction', '1.5'],
    ['a fraction of nothing', '1.0'],
    ['an exponent', '1e9'],
    ['a leading zero', '01'],
    ['a plus', '+1'],
    ['a blank', ' 1'],
    ['a line break', '1\n'],
    ['hex', '0x10'],
    ['digits of another script', '١٢'],
    ['nothing', ''],
    ['2^63', String(2n ** 63n)],
    ['20 digits', '10000000000000000000'],
    ['a number', 5],
    ['null', null],
    ['a list', ['1']],
  ])('refuses %s as an amount', async (_what, amount) => {
    await expect(refused({ amount: { denom: 'ncheq', amount } })).rejects.toMatchObject({
      code: 'invalid_argument',
      status: 400,
      message: expect.stringMatching(/^invalid_argument: amount\.amount must be /),
    })
    expect(await entryCount()).toBe(0)
  })

  it.each<[string, object]>([
    ['CHEQ', { amount: { denom: 'CHEQ', amount: '1' } }],
    ['no denom', { amount: { amount: '1' } }],
    ['an amount that is a text', { amount: '1' }],
    ['an unknown network', { network: 'devnet' }],
    ['an empty reason', { reason: '' }],
    ['a blank reason', { reason: '  ' }],
    ['a reason of 501 characters', { reason: 'x'.repeat(501) }],
    ['a reason with a control character', { reason: 'a\u0000b' }],
    ['an empty key', { idempotencyKey: '' }],
    ['a key of 256 characters', { idempotencyKey: 'x'.repeat(256) }],
    ['a key with a line break', { idempotencyKey: 'a\nb' }],
    ['half a character in a key', { idempotencyKey: 'a\ud800' }],
    ['a number as a key', { idempotencyKey: 1 }],
  ])('refuses %s', async (_what, changed) => {
    await expect(refused(changed)).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
    expect(await entryCount()).toBe(0)
  })

  it('takes the longest reason and key, and tells keys apart by their last character', async () => {
    const key = '𝒳'.repeat(254)
    await credit({ reason: 'x'.repeat(500), idempotencyKey: `${key}a` })
    await credit({ reason: 'x'.repeat(500), idempotencyKey: `${key}b` })
    expect(await creditOn('mainnet')).toBe('100000000000')
  })

  it.each([NOBODY, OPERATOR_TENANT_ID, 'a\u0000b'])('does not find the customer %j', async (customerId) => {
    await expect(credit({ customerId })).rejects.toMatchObject({ code: 'not_found', status: 404 })
    await expect(credit({ customerId })).rejects.toThrow('not_found: customer not found')
    const head = await opened.database.read((manager) => opened.ledger.head(manager, NOBODY), { acrossTenants: true })
    expect(head.seq).toBe(0)
  })

  it('credits nobody else than the customer that an operator acts for', async () => {
    const bob = await opened.agent.accountManagerCreate({ name: 'Bob' })
    const actingForBob = {
      ...{ tenantId: bob.customerId, role: 'operator' as const },
      ...{ permissions: ['*'], environment: 'live' as const },
    }
    await expect(runAsPrincipal(actingForBob, () => credit())).rejects.toMatchObject({ code: 'not_found' })
    await expect(runInTenant(bob.customerId, () => credit())).rejects.toMatchObject({ code: 'not_found' })
    expect(await entryCount()).toBe(0)
    await runAsPrincipal(actingForBob, () => credit({ customerId: bob.customerId }))
    expect(await creditOn('mainnet', bob.customerId)).toBe('50000000000')
  })

  it('leaves books that verify', async () => {
    await credit()
    await credit()
    await expect(credit({ reason: 'other' })).rejects.toMatchObject({ code: 'conflict' })
    const books = await opened.ledger.verify(opened.database, { tenantId: ada.customerId })
    expect(books).toEqual({ valid: true, checked: 1 })
  })
})
