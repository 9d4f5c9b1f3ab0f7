import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import type { LedgerLeg } from '@veramo-studio/ledger'
import { runAsPrincipal, runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { Account, AccountManagerListTransactionsArgs, PaymentNetwork, Transaction } from '../index.js'
import { MoneyMover } from './move-money.js'
import { openAccountManager, type OpenedAccountManager } from './open-account-manager.js'

describeOnEachDatabase('accountManagerListTransactions', (fresh) => {
  let opened: OpenedAccountManager
  let ada: Account
  let mover: MoneyMover

  beforeAll(async () => {
    opened = await openAccountManager(await fresh())
  })

  beforeEach(async () => {
    opened.clock.set(new Date('2025-11-21T10:00:00.000Z'))
    ada = await opened.agent.accountManagerCreate({ name: 'Ada' })
    mover = new MoneyMover(opened, ada.customerId)
  })

  afterAll(() => opened.database.close())

  const credit = (amount: bigint, network: PaymentNetwork = 'mainnet') =>
    opened.agent.accountManagerCredit({
      ...{ customerId: ada.customerId, network, amount: { denom: 'ncheq' as const, amount: String(amount) } },
      ...{ reason: `credit of ${amount}`, idempotencyKey: `${network} ${amount}` },
    })
  const list = (args: AccountManagerListTransactionsArgs = {}) =>
    opened.agent.accountManagerListTransactions({ customerId: ada.customerId, ...args })

  const readAll = async (args: AccountManagerListTransactionsArgs): Promise<Transaction[]> => {
    const items: Transaction[] = []
    let cursor: string | undefined
    do {
      const page = await list({ ...args, ...(cursor !== undefined && { cursor }) })
      expect(page.items.length).toBeLessThanOrEqual(args.limit ?? 50)
      items.push(...page.items)
      cursor = page.nextCursor
    } while (cursor !== undefined)
    return items
  }
  const amounts = (items: Transaction[]) => items.map(({ amount }) => Number(amount.amount))

  it('lists none where there are none', async () => {
    expect(await list()).toEqual({ items: [] })
  })

  it('lists credits as they were answered, deposits and charges, newest first', async () => {
    const credited = await credit(100n)
    opened.clock.advanceMs(1000)
    await mover.deposit(500n)
    opened.clock.advanceMs(1000)
    const call = await mover.hold({ credit: 40n })
    opened.clock.advanceMs(1000)
    await mover.settle(call)
    expect(await list()).toEqual({
      items: [
        {
          ...{ transactionId: call, type: 'charge', network: 'mainnet', direction: 'out', source: 'credit' },
          ...{ amount: { denom: 'ncheq', amount: '40' }, reason: null },
          ...{ method: 'didManagerCreate', meter: 'did.create', createdAt: '2025-11-21T10:00:03.000Z' },
        },
        {
          ...{ transactionId: 'transfer-1', type: 'deposit', network: 'mainnet', direction: 'in', source: 'deposit' },
          ...{ amount: { denom: 'ncheq', amount: '500' }, reason: null, createdAt: '2025-11-21T10:00:01.000Z' },
        },
        credited,
      ],
    })
  })

  it('lists nothing that is only set aside, was given back, or is no money', async () => {
    await credit(100n)
    await mover.hold({ credit: 1n })
    await mover.void(await mover.hold({ credit: 2n }))
    await mover.settle(await mover.hold({ credit: 3n }), [1n, 0n])
    await mover.settle(await mover.hold({}))
    expect(amounts((await list()).items)).toEqual([100])
  })

  it('lists of a partly settled charge what was paid', async () => {
    await credit(100n)
    await mover.settle(await mover.hold({ credit: 30n }), [1n, 12n])
    expect((await list()).items[0]).toMatchObject({ type: 'charge', amount: { amount: '12' } })
  })

  it('lists a charge that two balances paid as two transactions with ids of their own', async () => {
    await credit(10n)
    await mover.deposit(100n)
    const call = await mover.hold({ credit: 10n, deposit: 25n })
    await mover.settle(call)
    const [deposit, credited] = (await list()).items
    expect(deposit).toMatchObject({ transactionId: `${call}#2`, source: 'deposit', amount: { amount: '25' } })
    expect(credited).toMatchObject({ transactionId: call, source: 'credit', amount: { amount: '10' } })
  })

  it('names what leads back and what leaves, and passes over what is not of the customer’s balances', async () => {
    await credit(100n)
    await mover.deposit(100n)
    await mover.settle(await mover.hold({ credit: 50n }))
    const asset = 'mainnet:ncheq'
    await mover.post([{ from: 'revenue', to: 'credit:mainnet', asset, amount: 20n }], { reason: 'a mistake' })
    await mover.post([{ from: 'revenue', to: 'network-fee', asset, amount: 5n }], {})
    await mover.post([{ from: 'deposit:mainnet', to: 'outside:chain', asset, amount: 60n }], {})
    expect((await list()).items.slice(0, 2)).toMatchObject([
      { type: 'withdrawal', direction: 'out', source: 'deposit', amount: { amount: '60' } },
      { type: 'refund', direction: 'in', source: 'credit', amount: { amount: '20' }, reason: 'a mistake' },
    ])
    expect((await list()).items).toHaveLength(5)
  })

  it.each([1, 2, 3, 7, 100])('gives each transaction once, newest first, %d a page', async (limit) => {
    const order: number[] = []
    for (let index = 1; index <= 7; index += 1) {
      await credit(BigInt(index), index % 3 === 0 ? 'testnet' : 'mainnet')
      order.unshift(index)
      // Some are made in the same millisecond.
      if (index % 2 === 0) opened.clock.advanceMs(1)
    }
    expect(amounts(await readAll({ limit }))).toEqual(order)
    expect(amounts(await readAll({ limit, network: 'testnet' }))).toEqual([6, 3])
    expect(amounts(await readAll({ limit, network: 'mainnet' }))).toEqual([7, 5, 4, 2, 1])
  })

  it('finds transactions that lie thousands of entries apart, and pages that are full of them', async () => {
    const { database, ledger } = opened
    const { customerId: tenantId } = ada
    const unit = { from: 'outside:plan', to: 'used:did.create:2025', asset: 'unit:did.create', amount: 1n }
    const money = { from: 'outside:chain', to: 'deposit:mainnet', asset: 'mainnet:ncheq', amount: 1n }
    const fill = (prefix: string, leg: typeof unit) =>
      database.write(
        async (manager) => {
          for (let count = 0; count < 30; count += 1) {
            await ledger.post(manager, {
              tenantId,
              transferId: `${prefix} ${count}`,
              legs: Array(100).fill(leg) as (typeof unit)[],
            })
          }
        },
        { acrossTenants: true },
      )
    await credit(11n)
    await fill('dense', money)
    await credit(22n)
    await fill('sparse', unit)
    await credit(33n)
    const newest = await list({ limit: 100 })
    expect(amounts(newest.items.slice(0, 3))).toEqual([33, 22, 1])
    expect(newest.items).toHaveLength(100)
    const all = await readAll({ limit: 100 })
    expect(amounts(all)).toEqual([33, 22, ...(Array(3000).fill(1) as number[]), 11])
    expect(new Set(all.map(({ transactionId }) => transactionId)).size).toBe(3003)
  })

  it('finds by type, source and time what fits, whatever the size of a page', async () => {
    const second = () => opened.clock.advanceMs(1000)
    await credit(100n)
    second()
    await mover.deposit(200n)
    second()
    const call = await mover.hold({ credit: 30n, deposit: 40n })
    await mover.settle(call)
    await mover.void(await mover.hold({ credit: 1n }))
    second()
    await credit(5n, 'testnet')
    const money = { customerId: ada.customerId, reason: 'r', idempotencyKey: 'k' }
    second()
    await opened.agent.accountManagerRefund({ ...money, transactionId: call })
    const amount = { denom: 'ncheq' as const, amount: '7' }
    await opened.agent.accountManagerCorrect({ ...money, network: 'mainnet', amount, direction: 'out' })
    const at = (seconds: number) => `2025-11-21T10:00:0${seconds}.000Z`
    const expected: [AccountManagerListTransactionsArgs, number[]][] = [
      [{}, [7, 30, 5, 40, 30, 200, 100]],
      [{ type: 'credit' }, [5, 100]],
      [{ type: 'credit', network: 'mainnet' }, [100]],
      [{ type: 'deposit' }, [200]],
      [{ type: 'charge' }, [40, 30]],
      [{ type: 'charge', source: 'deposit' }, [40]],
      [{ type: 'refund' }, [30]],
      [{ type: 'correction' }, [7]],
      [{ type: 'withdrawal' }, []],
      [{ source: 'deposit' }, [40, 200]],
      [{ source: 'credit' }, [7, 30, 5, 30, 100]],
      [{ from: at(1), to: at(3) }, [40, 30, 200]],
      [{ from: at(3) }, [7, 30, 5]],
      [{ to: at(1) }, [100]],
      [{ from: at(1), type: 'credit' }, [5]],
      [{ from: at(2), to: at(2) }, []],
    ]
    for (const [filters, found] of expected) {
      for (const limit of [1, 2, 100]) expect(amounts(await readAll({ ...filters, limit }))).toEqual(found)
    }
  })

  it('looks at so many entries a page, and loses nothing that lies far behind', async () => {
    const { database, ledger } = opened
    const { customerId: tenantId } = ada
    const into = (to: string) => ({ from: 'outside:chain', to, asset: 'mainnet:ncheq', amount: 1n })
    const post = (transferId: string, legs: LedgerLeg[]) =>
      database.write((manager) => ledger.post(manager, { tenantId, transferId, legs }), { tenantId })
    await post('deposited', [into('deposit:mainnet')])
    await post('withdrawn', [{ from: 'deposit:mainnet', to: 'outside:chain', asset: 'mainnet:ncheq', amount: 1n }])
    for (let count = 0; count < 50; count += 1)
      await post(`many ${count}`, Array(100).fill(into('deposit:mainnet')) as LedgerLeg[])
    const first = await list({ type: 'withdrawal' })
    expect(first).toEqual({ items: [], nextCursor: expect.any(String) })
    const found = await readAll({ type: 'withdrawal' })
    expect(found.map(({ transactionId }) => transactionId)).toEqual(['withdrawn'])
  })

  it('keeps its place while further transactions are made', async () => {
    for (const amount of [1n, 2n, 3n]) await credit(amount)
    const { nextCursor } = await list({ limit: 2 })
    await credit(4n)
    expect(amounts((await list({ cursor: nextCursor as string })).items)).toEqual([1])
  })

  it('gives a customer its own, and no other, whatever the cursor', async () => {
    await credit(1n)
    await credit(2n)
    const { nextCursor } = await list({ limit: 1 })
    const bob = await opened.agent.accountManagerCreate({ name: 'Bob' })
    const asBob = {
      ...{ tenantId: bob.customerId, role: 'customer' as const },
      ...{ permissions: ['*'], environment: 'live' as const },
    }
    const own = (args: AccountManagerListTransactionsArgs) =>
      runAsPrincipal(asBob, () => opened.agent.accountManagerListTransactions(args))
    expect(await own({})).toEqual({ items: [] })
    expect(await own({ cursor: nextCursor })).toEqual({ items: [] })
    await expect(own({ customerId: ada.customerId })).rejects.toThrow('not_found: customer not found')
  })

  it('does not find customers that are none', async () => {
    const nobody = { customerId: 'c00000000000000000000' }
    await expect(list(nobody)).rejects.toThrow('not_found: customer not found')
    const somebody = runInTenant('somebody', () => opened.agent.accountManagerListTransactions({}))
    await expect(somebody).rejects.toMatchObject({ code: 'not_found' })
    await expect(opened.agent.accountManagerListTransactions({})).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  it.each<[string, object]>([
    ['a limit of 0', { limit: 0 }],
    ['a limit of 101', { limit: 101 }],
    ['an unknown network', { network: 'devnet' }],
    ['an unknown type', { type: 'gift' }],
    ['an unknown source', { source: 'grant' }],
    ['a time that is none', { from: 'soon' }],
    ['a time that ends before it begins', { from: '2026-01-02', to: '2026-01-01' }],
    ['a cursor of its own making', { cursor: 'bm90IGEgY3Vyc29y!' }],
    ['a cursor of another list', { cursor: Buffer.from('2025-11-21T10:00:00.000Z c1').toString('base64url') }],
  ])('refuses %s', async (_what, args) => {
    const { uncheckedAgent } = opened
    const refused = uncheckedAgent.accountManagerListTransactions({ customerId: ada.customerId, ...args })
    await expect(refused).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
  })
})
