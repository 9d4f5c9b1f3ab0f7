import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { runAsPrincipal, runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { Account, AccountManagerGetStatementArgs, AccountStatement, PaymentNetwork } from '../index.js'
import { MoneyMover } from './move-money.js'
import { openAccountManager, type OpenedAccountManager } from './open-account-manager.js'

const at = (seconds: number) => new Date(Date.UTC(2025, 10, 21, 10, 0, seconds)).toISOString()
const ncheq = (amount: number | bigint) => ({ denom: 'ncheq' as const, amount: String(amount) })

describeOnEachDatabase('accountManagerGetStatement', (fresh) => {
  let opened: OpenedAccountManager
  let ada: Account
  let mover: MoneyMover

  beforeAll(async () => {
    opened = await openAccountManager(await fresh())
  })

  beforeEach(async () => {
    opened.clock.set(new Date(at(0)))
    ada = await opened.agent.accountManagerCreate({ name: 'Ada' })
    mover = new MoneyMover(opened, ada.customerId)
  })

  afterAll(() => opened.database.close())

  const credit = (amount: number, reason = 'a gift', network: PaymentNetwork = 'mainnet') =>
    opened.agent.accountManagerCredit({
      ...{ customerId: ada.customerId, network, amount: ncheq(amount) },
      ...{ reason, idempotencyKey: `${network} ${amount}` },
    })
  const statement = (args: Partial<AccountManagerGetStatementArgs> = {}) =>
    opened.agent.accountManagerGetStatement({ customerId: ada.customerId, network: 'mainnet', ...args })
  const pages = async (args: Partial<AccountManagerGetStatementArgs>): Promise<AccountStatement[]> => {
    const all = [await statement(args)]
    for (let last = all[0]; last?.nextCursor !== undefined; last = all.at(-1)) {
      all.push(await statement({ ...args, cursor: last.nextCursor }))
    }
    return all
  }
  const lines = ({ movements = [] }: AccountStatement) =>
    movements.map(({ type, amount, balance }) => [type, Number(amount.amount), Number(balance.amount)])

  /** At seconds 1 to 5: credit 100, deposit 50, a call that is paid from both, one that fails, one that still runs. */
  const spend = async () => {
    opened.clock.set(new Date(at(1)))
    await credit(100, 'welcome')
    opened.clock.set(new Date(at(2)))
    await mover.deposit(50n)
    opened.clock.set(new Date(at(3)))
    const call = await mover.hold({ credit: 100n, deposit: 10n })
    opened.clock.set(new Date(at(4)))
    await mover.settle(call)
    await mover.void(await mover.hold({ deposit: 5n }))
    opened.clock.set(new Date(at(5)))
    await mover.hold({ deposit: 7n })
    return call
  }

  it('shows all movements with what each left, between an opening and a closing balance', async () => {
    const call = await spend()
    await credit(3, 'elsewhere', 'testnet')
    const whole = await statement()
    expect(whole).toMatchObject({
      ...{ customerId: ada.customerId, network: 'mainnet', from: null, to: null },
      ...{ openingBalance: ncheq(0), closingBalance: ncheq(40) },
    })
    expect(lines(whole)).toEqual([
      ['credit', 100, 100],
      ['deposit', 50, 150],
      ['charge', 100, 50],
      ['charge', 10, 40],
    ])
    expect(whole.movements?.[3]).toEqual({
      ...{ transactionId: `${call}#2`, type: 'charge', network: 'mainnet', amount: ncheq(10), direction: 'out' },
      ...{ source: 'deposit', reason: null, method: 'didManagerCreate', meter: 'did.create' },
      ...{ createdAt: at(4), balance: ncheq(40) },
    })
    expect(whole.nextCursor).toBeUndefined()
  })

  const charges = [
    ['charge', 100, 50],
    ['charge', 10, 40],
  ]
  it.each<{ from?: number; to?: number; opening: number; movements: (string | number)[][]; closing: number }>([
    { from: 2, to: 4, opening: 100, movements: [['deposit', 50, 150]], closing: 150 },
    // Money that a call has set aside is the customer's until it is paid.
    { from: 4, to: 5, opening: 150, movements: charges, closing: 40 },
    { to: 1, opening: 0, movements: [], closing: 0 },
    { from: 5, opening: 40, movements: [], closing: 40 },
    { from: 3, to: 3, opening: 150, movements: [], closing: 150 },
    { from: 6, to: 9, opening: 40, movements: [], closing: 40 },
  ])('of a period of seconds is that of $from to $to', async ({ from, to, opening, movements, closing }) => {
    await spend()
    const args = { ...(from !== undefined && { from: at(from) }), ...(to !== undefined && { to: at(to) }) }
    for (const limit of [1, 2, 100]) {
      const all = await pages({ ...args, limit })
      expect(all.flatMap(lines)).toEqual(movements)
      for (const page of all) {
        expect(page).toMatchObject({ openingBalance: ncheq(opening), closingBalance: ncheq(closing) })
        expect(page).toMatchObject({ from: args.from ?? null, to: args.to ?? null })
      }
    }
  })

  it('adds up whatever happens, and keeps to its end while more happens', async () => {
    for (let index = 1; index <= 20; index += 1) {
      opened.clock.advanceMs(500)
      await credit(index * 10)
      const call = await mover.hold({ credit: BigInt(index) })
      if (index % 3 === 0) await mover.void(call)
      else await mover.settle(call, [1n, BigInt(index % 2 === 0 ? index : 1)])
    }
    const first = await statement({ limit: 7 })
    await credit(5000)
    const rest = first.nextCursor === undefined ? [] : await pages({ limit: 7, cursor: first.nextCursor })
    const all = [first, ...rest]
    expect(new Set(all.map(({ closingBalance }) => closingBalance.amount)).size).toBe(1)
    const movements = all.flatMap((page) => page.movements ?? [])
    let sum = 0n
    for (const { direction, amount, balance } of movements) {
      sum += direction === 'in' ? BigInt(amount.amount) : -BigInt(amount.amount)
      expect(balance.amount).toBe(String(sum))
    }
    expect(first.closingBalance.amount).toBe(String(sum))
    const { closingBalance, openingBalance } = await statement({ from: at(3), to: at(7) })
    const later = await statement({ from: at(7) })
    expect(later.openingBalance).toEqual(closingBalance)
    expect((await statement({ to: at(3) })).closingBalance).toEqual(openingBalance)
  })

  it('is a CSV file that a spreadsheet does not calculate, whole or in pages', async () => {
    opened.clock.set(new Date(at(1)))
    const { transactionId } = await credit(100, '=SUM(A1), "x"')
    const call = await mover.hold({ credit: 30n })
    await mover.settle(call)
    const { csv, movements, closingBalance } = await statement({ format: 'csv', to: at(9) })
    expect(movements).toBeUndefined()
    expect(closingBalance).toEqual(ncheq(70))
    expect(csv).toBe(
      [
        'createdAt,transactionId,type,source,in,out,balance,denom,reason,method,meter,refundOf',
        ',,opening,,,,0,ncheq,,,,',
        `${at(1)},${transactionId},credit,credit,100,,100,ncheq,"'=SUM(A1), ""x""",,,`,
        `${at(1)},${call},charge,credit,,30,70,ncheq,,didManagerCreate,did.create,`,
        `${at(9)},,closing,,,,70,ncheq,,,,`,
        '',
      ].join('\r\n'),
    )
    const paged = await pages({ format: 'csv', to: at(9), limit: 1 })
    expect(paged).toHaveLength(2)
    expect(paged.map((page) => page.csv).join('')).toBe(csv)
  })

  it('keeps amounts past 2^53 exactly', async () => {
    const most = 2n ** 63n - 1n
    await mover.deposit(most)
    expect(await statement()).toMatchObject({ closingBalance: ncheq(most), movements: [{ balance: ncheq(most) }] })
  })

  it('reaches over many calls that have failed', async () => {
    await credit(10)
    const { database, ledger } = opened
    const leg = { from: 'credit:mainnet', to: 'revenue', asset: 'mainnet:ncheq', amount: 1n }
    await database.write(
      async (manager) => {
        for (let count = 0; count < 1100; count += 1) {
          const reference = { tenantId: ada.customerId, transferId: `failed ${count}` }
          await ledger.hold(manager, { ...reference, legs: [leg] })
          await ledger.void(manager, reference)
        }
      },
      { acrossTenants: true },
    )
    await mover.settle(await mover.hold({ credit: 4n }))
    const all = await pages({})
    expect(all.length).toBeGreaterThan(1)
    expect(all.flatMap(lines)).toEqual([
      ['credit', 10, 10],
      ['charge', 4, 6],
    ])
  })

  it('is a customer’s own, and nobody else’s', async () => {
    await credit(1)
    const bob = await opened.agent.accountManagerCreate({ name: 'Bob' })
    const asBob = {
      ...{ tenantId: bob.customerId, role: 'customer' as const },
      ...{ permissions: ['*'], environment: 'live' as const },
    }
    const own = (args: object) =>
      runAsPrincipal(asBob, () => opened.agent.accountManagerGetStatement({ network: 'mainnet', ...args }))
    expect(await own({})).toMatchObject({ customerId: bob.customerId, movements: [], closingBalance: ncheq(0) })
    await expect(own({ customerId: ada.customerId })).rejects.toThrow('not_found: customer not found')
    const somebody = runInTenant('somebody', () => opened.agent.accountManagerGetStatement({ network: 'mainnet' }))
    await expect(somebody).rejects.toMatchObject({ code: 'not_found' })
  })

  it.each<[string, object]>([
    ['no network', { network: undefined }],
    ['an unknown network', { network: 'devnet' }],
    ['another format', { format: 'pdf' }],
    ['a time that is none', { to: '2026-13-01' }],
    ['a time that ends before it begins', { from: '2026-01-02', to: '2026-01-01' }],
    ['a limit of 101', { limit: 101 }],
    ['a cursor of another list', { cursor: Buffer.from('2025-11-21T10:00:00.000Z 5').toString('base64url') }],
  ])('refuses %s', async (_what, args) => {
    const query = { customerId: ada.customerId, network: 'mainnet' as const, ...args }
    const refused = opened.uncheckedAgent.accountManagerGetStatement(query)
    await expect(refused).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
  })
})
