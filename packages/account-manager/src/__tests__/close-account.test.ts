import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { OPERATOR_TENANT_ID } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { OpenAccounts, type Account, type AccountCloser, type ClosingAccount } from '../index.js'
import { MoneyMover } from './move-money.js'
import { openAccountManager, type OpenedAccountManager } from './open-account-manager.js'

const RACES = process.env['SOAK'] === '1' ? 200 : 12

describeOnEachDatabase('accountManagerClose', (fresh) => {
  let url: string
  let opened: OpenedAccountManager
  let other: OpenedAccountManager
  let ada: Account
  let mover: MoneyMover
  const closed: ClosingAccount[] = []
  let failing = false
  const closer: AccountCloser = {
    closeAccount: async (_manager, account) => {
      if (failing) throw new Error('the closer fails')
      closed.push(account)
    },
  }

  beforeAll(async () => {
    url = await fresh()
    opened = await openAccountManager(url, { closers: [closer] })
    other = await openAccountManager(url)
  })

  beforeEach(async () => {
    ada = await opened.agent.accountManagerCreate({ name: 'Ada' })
    mover = new MoneyMover(opened, ada.customerId)
  })

  afterAll(async () => {
    await opened.database.close()
    await other.database.close()
  })

  const close = (customerId = ada.customerId) => opened.agent.accountManagerClose({ customerId, reason: 'left' })
  const credit = (amount: string, at = opened, customerId = ada.customerId) =>
    at.agent.accountManagerCredit({
      ...{ customerId, network: 'mainnet' as const, amount: { denom: 'ncheq' as const, amount } },
      ...{ reason: 'a gift', idempotencyKey: `credit ${amount}` },
    })
  const takeBack = (amount: string) =>
    opened.agent.accountManagerCorrect({
      ...{ customerId: ada.customerId, network: 'mainnet', amount: { denom: 'ncheq', amount }, direction: 'out' },
      ...{ reason: 'closing', idempotencyKey: `out ${amount}` },
    })
  const statusOf = async (customerId = ada.customerId) => (await opened.agent.accountManagerGet({ customerId })).status

  it('closes an account for good, with all that ends with it, and the same way again', async () => {
    closed.length = 0
    expect(await close()).toEqual({ ...ada, status: 'closed' })
    expect(await close()).toEqual({ ...ada, status: 'closed' })
    expect(await opened.agent.accountManagerGet({ customerId: ada.customerId })).toEqual({ ...ada, status: 'closed' })
    expect(closed).toEqual([{ tenantId: ada.customerId, closedAt: opened.clock.now().toISOString() }])
  })

  it('lets nothing of it be changed afterwards', async () => {
    await credit('10')
    const charge = await mover.hold({ credit: 10n })
    await mover.settle(charge)
    await close()
    const { customerId } = ada
    const money = { customerId, amount: { denom: 'ncheq' as const, amount: '1' }, reason: 'r', idempotencyKey: 'late' }
    const { agent, database } = opened
    for (const late of [
      agent.accountManagerUpdate({ customerId, name: 'B' }),
      agent.accountManagerCredit({ ...money, network: 'mainnet' }),
      agent.accountManagerCorrect({ ...money, network: 'testnet', direction: 'in' }),
      agent.accountManagerRefund({ ...money, transactionId: charge }),
      mover.hold({}),
      mover.deposit(1n),
      database.write((manager) => new OpenAccounts({ database }).hold(manager, customerId), { acrossTenants: true }),
    ]) {
      await expect(late).rejects.toMatchObject({ code: 'account_closed', status: 409 })
    }
    expect(await credit('10')).toMatchObject({ amount: { amount: '10' } })
    expect((await agent.accountManagerListTransactions({ customerId })).items).toHaveLength(2)
    expect(await opened.ledger.verify(database, { tenantId: customerId })).toMatchObject({ valid: true })
  })

  it('refuses while there is money, and says which', async () => {
    await credit('7')
    await mover.deposit(5n, 'testnet')
    await expect(close()).rejects.toMatchObject({
      ...{ code: 'account_not_empty', status: 409 },
      message: 'account_not_empty: the account still has 7 ncheq of credit on mainnet, 5 ncheq of deposit on testnet',
      extensions: {
        openReservations: 0,
        balances: [
          { network: 'mainnet', source: 'credit', available: { denom: 'ncheq', amount: '7' } },
          { network: 'testnet', source: 'deposit', available: { denom: 'ncheq', amount: '5' } },
        ],
      },
    })
    expect(await statusOf()).toBe('active')
    await takeBack('7')
    await expect(close()).rejects.toMatchObject({ code: 'account_not_empty' })
    await credit('8')
    expect(await statusOf()).toBe('active')
  })

  it('refuses while a call runs, also one that costs no money', async () => {
    const call = await mover.hold({})
    await expect(close()).rejects.toMatchObject({ code: 'account_not_empty', extensions: { openReservations: 1 } })
    await mover.void(call)
    await credit('4')
    const paid = await mover.hold({ credit: 4n })
    await expect(close()).rejects.toMatchObject({
      extensions: { balances: [{ held: { amount: '4' }, available: { amount: '0' } }], openReservations: 1 },
    })
    await mover.settle(paid)
    expect(await close()).toMatchObject({ status: 'closed' })
  })

  it('leaves everything open where something cannot be ended', async () => {
    failing = true
    await expect(close()).rejects.toThrow('the closer fails')
    failing = false
    expect(await statusOf()).toBe('active')
    await credit('1')
    await takeBack('1')
    expect(await close()).toMatchObject({ status: 'closed' })
  })

  it('releases the e-mail address, and is still found by it', async () => {
    const email = `${ada.customerId}@example.com`
    await opened.agent.accountManagerUpdate({ customerId: ada.customerId, email })
    await close()
    const bob = await opened.agent.accountManagerCreate({ name: 'Bob', email: email.toUpperCase() })
    const { items } = await opened.agent.accountManagerList({ email })
    expect(items.map(({ customerId }) => customerId).sort()).toEqual([ada.customerId, bob.customerId].sort())
  })

  it('is never a closed account with money, of a credit in another process at the same time', async () => {
    const outcomes: string[] = []
    for (let race = 0; race < RACES; race += 1) {
      const { customerId } = await opened.agent.accountManagerCreate({ name: 'racer' })
      // A head start for either, now and then.
      const closing = race % 3 === 0 ? new Promise<void>(setImmediate).then(() => close(customerId)) : close(customerId)
      const [closeEnd, creditEnd] = await Promise.allSettled([closing, credit('3', other, customerId)])
      const code = ({ reason }: PromiseRejectedResult) => (reason as { code: string }).code
      const ends = [closeEnd, creditEnd].map((end) => (end.status === 'fulfilled' ? 'done' : code(end)))
      outcomes.push(ends.join(' '))
      const { balances } = await opened.agent.accountManagerGetBalances({ customerId })
      const [{ available } = { available: undefined }] = balances
      const isClosed = (await statusOf(customerId)) === 'closed'
      expect(available?.amount).toBe(isClosed ? '0' : '3')
    }
    const possible = ['done account_closed', 'account_not_empty done']
    expect(outcomes.filter((outcome) => !possible.includes(outcome))).toEqual([])
  })

  it('is never a closed account with a call that runs, of a reservation in another process at the same time', async () => {
    for (let race = 0; race < RACES; race += 1) {
      const { customerId } = await opened.agent.accountManagerCreate({ name: 'racer' })
      const call = new MoneyMover(other, customerId)
      const [closeEnd, holdEnd] = await Promise.allSettled([close(customerId), call.hold({})])
      expect([closeEnd.status, holdEnd.status].sort()).toEqual(['fulfilled', 'rejected'])
      const refusal = [closeEnd, holdEnd].find((end) => end.status === 'rejected')
      expect((refusal as PromiseRejectedResult).reason).toMatchObject({
        code: closeEnd.status === 'fulfilled' ? 'account_closed' : 'account_not_empty',
      })
    }
  })

  it.each(['c00000000000000000000', OPERATOR_TENANT_ID, 'a\u0000b'])('does not find %j', async (customerId) => {
    await expect(close(customerId)).rejects.toMatchObject({ code: 'not_found', status: 404 })
  })
})
