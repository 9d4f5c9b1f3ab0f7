import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { runAsOperator, runAsPrincipal, runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { Account, AccountManagerListArgs, PlanDirectory } from '../index.js'
import { AccountRow } from '../typeorm/account-row.js'
import { PaymentAddressRow } from '../typeorm/payment-address-row.js'
import { openAccountManager, type OpenedAccountManager } from './open-account-manager.js'

describeOnEachDatabase('accountManagerList', (fresh) => {
  let opened: OpenedAccountManager
  let accounts: Account[]

  beforeEach(async () => {
    opened = await openAccountManager(await fresh())
    accounts = []
    for (let index = 0; index < 7; index += 1) {
      accounts.push(await opened.agent.accountManagerCreate({ name: `customer ${index}` }))
      // Some are made in the same millisecond.
      if (index % 3 !== 0) opened.clock.advanceMs(1)
    }
  })

  afterEach(() => opened.database.close())

  const readAll = async (limit: number): Promise<Account[]> => {
    const items: Account[] = []
    let cursor: string | undefined
    do {
      const page = await opened.agent.accountManagerList({ limit, ...(cursor !== undefined && { cursor }) })
      expect(page.items.length).toBeLessThanOrEqual(limit)
      items.push(...page.items)
      cursor = page.nextCursor
    } while (cursor !== undefined)
    return items
  }

  it.each([1, 2, 3, 6, 7, 100])('lists each customer once, oldest first, %d a page', async (limit) => {
    const items = await readAll(limit)
    const byId = (a: Account, b: Account) => (a.customerId < b.customerId ? -1 : 1)
    expect([...items].sort(byId)).toEqual([...accounts].sort(byId))
    const times = items.map((account) => account.createdAt)
    expect(times).toEqual([...times].sort())
  })

  it('lists none where there are none', async () => {
    const empty = await openAccountManager(await fresh())
    expect(await empty.agent.accountManagerList({})).toEqual({ items: [] })
    await empty.database.close()
  })

  it('lists all of them to an operator', async () => {
    const page = await runAsOperator(() => opened.agent.accountManagerList())
    expect(page.items).toHaveLength(accounts.length)
  })

  it('lists no other customer inside a tenant, whoever calls', async () => {
    const own = accounts[3] as Account
    const list = () => opened.agent.accountManagerList({})
    const caller = { tenantId: own.customerId, permissions: ['*'], environment: 'live' as const }
    expect(await runInTenant(own.customerId, list)).toEqual({ items: [own] })
    expect(await runAsPrincipal({ ...caller, role: 'customer' }, list)).toEqual({ items: [own] })
    expect(await runAsPrincipal({ ...caller, role: 'operator' }, list)).toEqual({ items: [own] })
    expect(await runInTenant('somebody', list)).toEqual({ items: [] })
  })

  it('does not leave the tenant by a cursor', async () => {
    const { nextCursor } = await opened.agent.accountManagerList({ limit: 2 })
    const page = await runInTenant((accounts[0] as Account).customerId, () =>
      opened.agent.accountManagerList({ cursor: nextCursor as string }),
    )
    expect(page).toEqual({ items: [] })
  })

  it.each([
    ['a limit of 0', { limit: 0 }],
    ['a limit of 101', { limit: 101 }],
    ['a cursor of its own making', { cursor: 'bm90IGEgY3Vyc29y!' }],
  ])('refuses %s', async (_what, args) => {
    await expect(opened.agent.accountManagerList(args)).rejects.toMatchObject({ code: 'invalid_argument' })
  })
})

describeOnEachDatabase('the filters of accountManagerList', (fresh) => {
  let opened: OpenedAccountManager
  const plans = new Map<string, string>()
  const byName = new Map<string, Account>()
  const DAY_MS = 86_400_000

  beforeAll(async () => {
    const directory: PlanDirectory = { planOf: async (_manager, tenantId) => plans.get(tenantId) }
    opened = await openAccountManager(await fresh(), { plans: directory })
    const people = [
      ...['Ada Lovelace', 'ADA Byron', 'Äda', '100% Ada', 'a_b', 'axb', 'back\\slash'],
      ...Array.from({ length: 6 }, (_unused, index) => `filler ${index}`),
    ]
    for (const [index, name] of people.entries()) {
      const account = await opened.agent.accountManagerCreate({ name, email: `p${index}@Example.com` })
      byName.set(name, account)
      if (index % 3 === 0) plans.set(account.customerId, 'build')
      if (index % 4 === 0) await opened.agent.accountManagerClose({ customerId: account.customerId })
      opened.clock.advanceMs(DAY_MS)
    }
  })

  afterAll(() => opened.database.close())

  const namesOf = async (filters: AccountManagerListArgs): Promise<string[]> => {
    const whole = await readPages(filters, 100)
    for (const limit of [1, 2, 5]) expect(await readPages(filters, limit)).toEqual(whole)
    return whole
  }
  const readPages = async (filters: AccountManagerListArgs, limit: number): Promise<string[]> => {
    const names: string[] = []
    let cursor: string | undefined
    do {
      const page = await opened.agent.accountManagerList({ ...filters, limit, ...(cursor && { cursor }) })
      expect(page.items.length).toBeLessThanOrEqual(limit)
      names.push(...page.items.map(({ name }) => name))
      cursor = page.nextCursor
    } while (cursor !== undefined)
    return names
  }
  const created = (name: string) => String(byName.get(name)?.createdAt)

  it.each<[AccountManagerListArgs, string[]]>([
    [{ name: 'ada' }, ['Ada Lovelace', 'ADA Byron', '100% Ada']],
    [{ name: ' LOVE ' }, ['Ada Lovelace']],
    [{ name: 'äDA' }, ['Äda']],
    [{ name: '%' }, ['100% Ada']],
    [{ name: '_' }, ['a_b']],
    [{ name: '\\' }, ['back\\slash']],
    [{ name: "x'; DROP TABLE studio_account" }, []],
    [{ email: 'P1@example.COM' }, ['ADA Byron']],
    [{ email: 'p1@example' }, []],
    [{ status: 'closed' }, ['Ada Lovelace', 'a_b', 'filler 1', 'filler 5']],
    [{ status: 'active', name: 'ada' }, ['ADA Byron', '100% Ada']],
    [{ plan: 'build' }, ['Ada Lovelace', '100% Ada', 'back\\slash', 'filler 2', 'filler 5']],
    [{ plan: 'build', status: 'closed' }, ['Ada Lovelace', 'filler 5']],
    [{ plan: 'trial', name: 'ada' }, ['ADA Byron']],
    [{ plan: 'none' }, []],
  ])('find by %j what fits, and nothing else, whatever the size of a page', async (filters, expected) => {
    expect(await namesOf(filters)).toEqual(expected)
  })

  it('find by the time of creation, the first instant included and the last not', async () => {
    const [createdFrom, createdTo] = [created('ADA Byron'), created('100% Ada')]
    expect(await namesOf({ createdFrom, createdTo })).toEqual(['ADA Byron', 'Äda'])
    expect(await namesOf({ createdFrom: createdTo, createdTo })).toEqual([])
    expect(await namesOf({ createdTo: '2025-11-23T11:00:00+01:00' })).toEqual(['Ada Lovelace', 'ADA Byron'])
    expect(await namesOf({ createdFrom: created('filler 5') })).toEqual(['filler 5'])
  })

  it.each<[string, object]>([
    ['another status', { status: 'open' }],
    ['a name of blanks', { name: '  ' }],
    ['a name with a NUL', { name: 'a\u0000' }],
    ['an e-mail address with a NUL', { email: 'a\u0000' }],
    ['a time that is none', { createdFrom: 'yesterday' }],
    ['a time that ends before it begins', { createdFrom: '2026-01-02', createdTo: '2026-01-01' }],
  ])('refuse %s', async (_what, filters) => {
    const refused = opened.uncheckedAgent.accountManagerList(filters)
    await expect(refused).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
  })
})

describeOnEachDatabase('a filter by a plan that few are on', (fresh) => {
  it('looks at so many accounts a page, and loses none', async () => {
    const rare = new Set<string>()
    const directory: PlanDirectory = {
      planOf: async (_manager, tenantId) => (rare.has(tenantId) ? 'rare' : undefined),
      plansOf: async (_manager, tenantIds) =>
        new Map(tenantIds.filter((id) => rare.has(id)).map((id): [string, string] => [id, 'rare'])),
    }
    const opened = await openAccountManager(await fresh(), { plans: directory })
    const template = await opened.agent.accountManagerCreate({ name: 'first' })
    await opened.database.write(
      async (manager) => {
        for (let first = 0; first < 6000; first += 100) {
          const rows = Array.from({ length: 100 }, (_unused, index) => {
            const tenantId = `c${String(first + index).padStart(6, '0')}`
            const network = { tenantId, publicKeyHex: '', createdAt: template.createdAt }
            const addresses = ['mainnet', 'testnet'].map((name) => ({
              ...{ ...network, network: name as 'mainnet', address: `${tenantId} ${name}` },
            }))
            const account = { tenantId, name: 'n', nameKey: 'n', email: null, emailKey: null, plan: 'trial' }
            return { account: { ...account, status: 'active' as const, createdAt: template.createdAt }, addresses }
          })
          await manager.insert(
            AccountRow,
            rows.map(({ account }) => account),
          )
          await manager.insert(
            PaymentAddressRow,
            rows.flatMap(({ addresses }) => addresses),
          )
        }
      },
      { acrossTenants: true },
    )
    for (const number of [3, 2999, 5998]) rare.add(`c${String(number).padStart(6, '0')}`)
    const first = await opened.agent.accountManagerList({ plan: 'rare' })
    expect(first.items.map(({ customerId }) => customerId)).toEqual(['c000003', 'c002999'])
    const second = await opened.agent.accountManagerList({ plan: 'rare', cursor: String(first.nextCursor) })
    expect(second.items.map(({ customerId }) => customerId)).toEqual(['c005998'])
    expect(second.nextCursor).toBeUndefined()
    await opened.database.close()
  })
})
