import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { runAsPrincipal, runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { Account, PaymentNetwork } from '../index.js'
import { MoneyMover } from './move-money.js'
import { openAccountManager, type OpenedAccountManager } from './open-account-manager.js'

describeOnEachDatabase('accountManagerGetBalances', (fresh) => {
  let url: string
  let opened: OpenedAccountManager
  let ada: Account
  let mover: MoneyMover

  beforeAll(async () => {
    url = await fresh()
    opened = await openAccountManager(url)
  })

  beforeEach(async () => {
    ada = await opened.agent.accountManagerCreate({ name: 'Ada' })
    mover = new MoneyMover(opened, ada.customerId)
  })

  afterAll(() => opened.database.close())

  const credit = (amount: bigint, network: PaymentNetwork = 'mainnet') =>
    opened.agent.accountManagerCredit({
      ...{ customerId: ada.customerId, network, amount: { denom: 'ncheq' as const, amount: String(amount) } },
      ...{ reason: 'test', idempotencyKey: `credit ${network}` },
    })

  /** Each balance as `network source available held`. */
  const balances = async (): Promise<string[]> => {
    const found = await opened.agent.accountManagerGetBalances({ customerId: ada.customerId })
    return found.balances.map(
      ({ network, source, available, held }) => `${network} ${source} ${available.amount} ${held.amount}`,
    )
  }

  it('gives all four balances to a customer that has nothing', async () => {
    const zero = { denom: 'ncheq', amount: '0' }
    expect(await opened.agent.accountManagerGetBalances({ customerId: ada.customerId })).toEqual({
      balances: [
        { network: 'mainnet', source: 'credit', available: zero, held: zero },
        { network: 'mainnet', source: 'deposit', available: zero, held: zero },
        { network: 'testnet', source: 'credit', available: zero, held: zero },
        { network: 'testnet', source: 'deposit', available: zero, held: zero },
      ],
    })
  })

  it('tells networks and sources apart', async () => {
    await credit(1n, 'mainnet')
    await mover.deposit(20n, 'mainnet')
    await credit(300n, 'testnet')
    await mover.deposit(4000n, 'testnet')
    expect(await balances()).toEqual([
      'mainnet credit 1 0',
      'mainnet deposit 20 0',
      'testnet credit 300 0',
      'testnet deposit 4000 0',
    ])
  })

  it('shows what is set aside by the source that it was taken from, until it is settled or voided', async () => {
    await credit(100n)
    await mover.deposit(1000n)
    const both = await mover.hold({ credit: 30n, deposit: 400n })
    const creditAlone = await mover.hold({ credit: 5n })
    expect((await balances()).slice(0, 2)).toEqual(['mainnet credit 65 35', 'mainnet deposit 600 400'])
    await mover.settle(both, [1n, 10n, 400n])
    expect((await balances()).slice(0, 2)).toEqual(['mainnet credit 85 5', 'mainnet deposit 600 0'])
    await mover.void(creditAlone)
    expect((await balances()).slice(0, 2)).toEqual(['mainnet credit 90 0', 'mainnet deposit 600 0'])
  })

  it('shows what is set aside exactly past 2^53', async () => {
    await credit(2n ** 63n - 1n)
    await mover.hold({ credit: 2n ** 53n + 1n })
    expect((await balances())[0]).toBe(`mainnet credit ${2n ** 63n - 2n ** 53n - 2n} ${2n ** 53n + 1n}`)
  })

  it('adds up while calls set aside and settle', async () => {
    await credit(1000n)
    const calls = Array.from({ length: 20 }, async (_unused, index) => {
      const held = await mover.hold({ credit: 10n })
      await (index % 2 === 0 ? mover.void(held) : mover.settle(held, [1n, 0n]))
    })
    let running = true
    const done = Promise.all(calls).finally(() => (running = false))
    let reads = 0
    while (running) {
      const [first = ''] = await balances()
      const [available, held] = first.split(' ').slice(2).map(BigInt)
      expect((available ?? 0n) + (held ?? 0n)).toBe(1000n)
      reads += 1
      // SQLite reads without a pause: the calls get their turn here.
      await nextTurn()
    }
    await done
    expect(reads).toBeGreaterThan(0)
    expect((await balances())[0]).toBe('mainnet credit 1000 0')
  })

  it('counts more pending transfers than a page of the ledger has', async () => {
    await credit(2000n)
    const { database, ledger } = opened
    const leg = { from: 'credit:mainnet', to: 'revenue', asset: 'mainnet:ncheq', amount: 1n }
    await database.write(
      async (manager) => {
        for (let count = 0; count < 1001; count += 1) {
          await ledger.hold(manager, { tenantId: ada.customerId, transferId: `hold ${count}`, legs: [leg] })
        }
      },
      { acrossTenants: true },
    )
    expect((await balances())[0]).toBe('mainnet credit 999 1001')
  })

  it('gives the same after a restart', async () => {
    await credit(100n)
    await mover.hold({ credit: 30n })
    const before = await balances()
    await opened.database.close()
    opened = await openAccountManager(url)
    expect(await balances()).toEqual(before)
  })

  it('gives a customer its own, and no other', async () => {
    await credit(100n)
    const bob = await opened.agent.accountManagerCreate({ name: 'Bob' })
    const asBob = {
      ...{ tenantId: bob.customerId, role: 'customer' as const },
      ...{ permissions: ['*'], environment: 'live' as const },
    }
    const own = await runAsPrincipal(asBob, () => opened.agent.accountManagerGetBalances({}))
    expect(own.balances.every(({ available }) => available.amount === '0')).toBe(true)
    await expect(runAsPrincipal(asBob, () => balances())).rejects.toThrow('not_found: customer not found')
  })

  it('does not find customers that are none', async () => {
    const unknown = opened.agent.accountManagerGetBalances({ customerId: 'c00000000000000000000' })
    await expect(unknown).rejects.toThrow('not_found: customer not found')
    const nobody = runInTenant('somebody', () => opened.agent.accountManagerGetBalances({}))
    await expect(nobody).rejects.toMatchObject({ code: 'not_found', status: 404 })
    await expect(opened.agent.accountManagerGetBalances({})).rejects.toMatchObject({ code: 'invalid_argument' })
  })
})
