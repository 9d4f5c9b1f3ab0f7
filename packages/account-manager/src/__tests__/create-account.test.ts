import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { AccountRow } from '../typeorm/account-row.js'
import { PaymentAddressRow } from '../typeorm/payment-address-row.js'
import type { AccountManagerCreateArgs } from '../index.js'
import { openAccountManager, type OpenedAccountManager } from './open-account-manager.js'
import { TestPaymentKey } from './recording-payment-keys.js'

describeOnEachDatabase('accountManagerCreate', (fresh) => {
  let opened: OpenedAccountManager

  beforeEach(async () => {
    opened = await openAccountManager(await fresh())
  })

  afterEach(() => opened.database.close())

  const create = (args: AccountManagerCreateArgs) => opened.agent.accountManagerCreate(args)

  const rowCounts = () =>
    opened.database.read(
      async (manager) => [
        await manager.count(AccountRow),
        await manager.count(PaymentAddressRow),
        await manager.count(TestPaymentKey),
      ],
      { acrossTenants: true },
    )

  it('makes a customer with an address on each network', async () => {
    const account = await create({ name: '  Ada & Söhne  ', email: 'Ada@Example.com' })
    expect(account).toEqual({
      customerId: expect.stringMatching(/^c[0-9a-z]{20}$/),
      name: 'Ada & Söhne',
      email: 'Ada@Example.com',
      plan: 'trial',
      status: 'active',
      createdAt: '2025-11-21T10:00:00.000Z',
      paymentAccount: {
        mainnet: expect.stringMatching(/^cheqd1[0-9a-z]{38}$/),
        testnet: expect.stringMatching(/^cheqd1[0-9a-z]{38}$/),
      },
    })
    expect(account.paymentAccount.mainnet).not.toBe(account.paymentAccount.testnet)
    expect(await opened.agent.accountManagerGet({ customerId: account.customerId })).toEqual(account)
  })

  it('takes the plan that is named, else the one that it was configured with', async () => {
    expect(await create({ name: 'a', plan: 'build' })).toMatchObject({ plan: 'build' })
    const other = await openAccountManager(await fresh(), { defaultPlan: 'free' })
    expect(await other.agent.accountManagerCreate({ name: 'a' })).toMatchObject({ plan: 'free' })
    await other.database.close()
  })

  it.each(['mainnet', 'testnet'] as const)('leaves no trace when the key for %s cannot be made', async (network) => {
    opened.paymentKeys.failOn = network
    await expect(create({ name: 'a' })).rejects.toThrow('no key to be had')
    expect(await rowCounts()).toEqual([0, 0, 0])
  })

  it('refuses an e-mail address that is taken, whatever its case', async () => {
    await create({ name: 'a', email: 'ada@example.com' })
    const second = create({ name: 'b', email: ' ADA@example.COM ' })
    await expect(second).rejects.toMatchObject({ code: 'email_taken', status: 409 })
    await expect(second).rejects.toThrow(/^email_taken: /)
    expect(await rowCounts()).toEqual([1, 2, 2])
  })

  it('gives an e-mail address to one of many who ask for it at once, and harms nobody else', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 16 }, (_unused, index) =>
        create({ name: 'a', email: index % 2 === 0 ? 'ada@example.com' : `ada${index}@example.com` }),
      ),
    )
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused).toHaveLength(7)
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'email_taken' })
    expect(await rowCounts()).toEqual([9, 18, 18])
  })

  it('lets any number of customers have no e-mail address', async () => {
    const accounts = await Promise.all([1, 2, 3].map(() => create({ name: 'same name' })))
    expect(new Set(accounts.map((account) => account.customerId)).size).toBe(3)
    expect(accounts.every((account) => account.email === null)).toBe(true)
  })

  it.each<[string, AccountManagerCreateArgs]>([
    ['an empty name', { name: '' }],
    ['a blank name', { name: ' \t ' }],
    ['a name of 101 characters', { name: 'x'.repeat(101) }],
    ['a name with a line break', { name: 'a\nb' }],
    ['a name with a NUL', { name: 'a\u0000b' }],
    ['half a character in a name', { name: 'a\ud800' }],
    ['an empty e-mail address', { name: 'a', email: '' }],
    ['an e-mail address without @', { name: 'a', email: 'ada.example.com' }],
    ['an e-mail address with two @', { name: 'a', email: 'ada@b@example.com' }],
    ['an e-mail address with a blank', { name: 'a', email: 'ada l@example.com' }],
    ['an e-mail address with a control character', { name: 'a', email: 'a\u0007@example.com' }],
    ['an e-mail address of 255 characters', { name: 'a', email: `${'x'.repeat(243)}@example.com` }],
    ['an empty plan', { name: 'a', plan: '' }],
    ['a plan of 101 characters', { name: 'a', plan: 'x'.repeat(101) }],
    ['a plan with a control character', { name: 'a', plan: 'a\u0000' }],
  ])('refuses %s', async (_what, args) => {
    await expect(create(args)).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
    expect(await rowCounts()).toEqual([0, 0, 0])
  })

  it('takes the longest name, e-mail address and plan', async () => {
    const args = { name: '𝒳'.repeat(100), email: `${'x'.repeat(242)}@example.com`, plan: 'x'.repeat(100) }
    expect(await create(args)).toMatchObject(args)
  })
})
