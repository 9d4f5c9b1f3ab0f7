import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Account, AccountPage } from '@veramo-studio/account-manager'
import { newCustomer, refusalOf, type SuiteContext } from '../agents/suite-context.js'

export function accounts(context: SuiteContext): void {
  describe('accounts', () => {
    beforeAll(() => context.setup())
    afterAll(() => context.tearDown())

    it('gives each customer payment addresses of its own, one per network', async () => {
      const [first, second] = [await newCustomer(context, 'First'), await newCustomer(context, 'Second')]
      const addresses = [first, second].flatMap(({ account }) => Object.values(account.paymentAccount) as string[])
      expect(addresses.every((address) => /^cheqd1[02-9ac-hj-np-z]{38}$/.test(address))).toBe(true)
      expect(new Set(addresses).size).toBe(4)
    })

    it('shows a customer itself, and nobody else', async () => {
      const [first, second] = [await newCustomer(context, 'First'), await newCustomer(context, 'Second')]
      expect(await first.agent.execute('accountManagerGet', {})).toEqual(first.account)
      const { customerId } = second.account
      const other = await refusalOf(first.agent.execute('accountManagerGet', { customerId }))
      const unknown = await refusalOf(first.agent.execute('accountManagerGet', { customerId: 'nobody' }))
      expect(other).toBe('not_found: customer not found')
      expect(unknown).toBe(other)
    })

    it('answers an operator with any customer, and not found for one that is none', async () => {
      const { account } = await newCustomer(context)
      const operator = await context.operator()
      expect(await operator.execute('accountManagerGet', { customerId: account.customerId })).toEqual(account)
      const unknown = await refusalOf(operator.execute('accountManagerGet', { customerId: 'nobody' }))
      expect(unknown).toBe('not_found: customer not found')
      expect(await refusalOf(operator.execute('accountManagerGet', {}))).toMatch(/^invalid_argument: /)
    })

    it('keeps accounts over a restart', async () => {
      const { account } = await newCustomer(context)
      await context.restart()
      const operator = await context.operator()
      const again = await operator.execute<object, Account>('accountManagerGet', { customerId: account.customerId })
      expect(again).toEqual(account)
    })

    it('lists customers to operators, page by page, and not to customers', async () => {
      const { agent } = await newCustomer(context)
      await newCustomer(context)
      const operator = await context.operator()
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const args = { limit: 2, ...(cursor && { cursor }) }
        const page = await operator.execute<object, AccountPage>('accountManagerList', args)
        seen.push(...page.items.map((item) => item.customerId))
        cursor = page.nextCursor
      } while (cursor !== undefined)
      const all = await operator.execute<object, AccountPage>('accountManagerList', { limit: 100 })
      expect(seen).toEqual(all.items.map((item) => item.customerId))
      expect(seen.length).toBeGreaterThan(2)
      expect(await refusalOf(agent.execute('accountManagerList', {}))).toMatch(/^permission_denied: /)
    })

    it('refuses bad names, and an e-mail that another account has, whatever its case', async () => {
      const operator = await context.operator()
      for (const name of ['', '   ', 'x'.repeat(101)]) {
        expect(await refusalOf(operator.execute('accountManagerCreate', { name }))).toMatch(/^invalid_argument: /)
      }
      expect(await refusalOf(operator.execute('accountManagerCreate', { name: 5 }))).toMatch(/^invalid_argument: name/)
      await operator.execute('accountManagerCreate', { name: 'A', email: 'ceo@acme.example' })
      const taken = await refusalOf(operator.execute('accountManagerCreate', { name: 'B', email: 'CEO@acme.example' }))
      expect(taken).toMatch(/^email_taken: /)
    })

    it('does not let a customer make customers', async () => {
      const { agent } = await newCustomer(context)
      expect(await refusalOf(agent.execute('accountManagerCreate', { name: 'Mine' }))).toMatch(/^permission_denied: /)
    })
  })
}
