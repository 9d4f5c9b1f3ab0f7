import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { runAsOperator, runAsPrincipal, runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { Account } from '../index.js'
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
