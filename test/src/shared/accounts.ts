import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type {
  Account,
  AccountBalances,
  AccountPage,
  AccountStatement,
  AuditLogPage,
  Transaction,
  TransactionPage,
} from '@veramo-studio/account-manager'
import { newCustomer, refusalOf, type Customer, type SuiteContext } from '../agents/suite-context.js'
import { useAllBut } from '../agents/usage.js'

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

    it('lets a customer change its own name and e-mail address, and those alone', async () => {
      const [first, second] = [await newCustomer(context, 'First'), await newCustomer(context, 'Second')]
      const { agent, account } = first
      const changed = { ...account, name: 'Renamed', email: null }
      const update = { name: ' Renamed ', email: null, plan: 'build', status: 'closed' }
      expect(await agent.execute('accountManagerUpdate', update)).toEqual(changed)
      expect(await agent.execute('accountManagerGet', {})).toEqual(changed)
      const taken = agent.execute('accountManagerUpdate', { email: String(second.account.email).toUpperCase() })
      expect(await refusalOf(taken)).toMatch(/^email_taken: /)
      const { customerId } = second.account
      const other = agent.execute('accountManagerUpdate', { customerId, name: 'Mine' })
      expect(await refusalOf(other)).toBe('not_found: customer not found')
      expect(await refusalOf(agent.execute('accountManagerUpdate', {}))).toMatch(/^invalid_argument: /)
      const operator = await context.operator()
      const byOperator = { customerId, name: 'Corrected', reason: 'a typo' }
      expect(await operator.execute('accountManagerUpdate', byOperator)).toEqual({
        ...{ ...second.account, name: 'Corrected' },
      })
      expect(await refusalOf(operator.execute('accountManagerUpdate', { name: 'X' }))).toMatch(/^invalid_argument: /)
    })

    it('finds customers by what is known of them', async () => {
      const { account } = await newCustomer(context, 'Finden & Söhne')
      await newCustomer(context, 'Finder')
      const operator = await context.operator()
      const find = async (filters: object) =>
        (await operator.execute<object, AccountPage>('accountManagerList', filters)).items
      expect(await find({ email: String(account.email).toUpperCase() })).toEqual([account])
      expect(await find({ name: 'SÖHNE', status: 'active', plan: 'trial' })).toEqual([account])
      expect(await find({ name: 'söhne', plan: 'build' })).toEqual([])
      expect(await find({ createdFrom: account.createdAt, name: 'finde' })).toHaveLength(2)
      await operator.execute('billingManagerSetPlan', { customerId: account.customerId, plan: 'build' })
      expect(await find({ name: 'finde', plan: 'build' })).toEqual([{ ...account, plan: 'build' }])
      expect(await refusalOf(operator.execute('accountManagerList', { status: 'gone' }))).toMatch(/^invalid_argument: /)
    })

    it('closes an account that is empty, for good: its keys, its plan and its books end with it', async () => {
      const { account, agent, token } = await newCustomer(context)
      const { customerId } = account
      const operator = await context.operator()
      const close = () => operator.execute('accountManagerClose', { customerId, reason: 'left' })
      expect(await refusalOf(agent.execute('accountManagerClose', { customerId }))).toMatch(/^permission_denied: /)
      await credit(customerId, '5', 'gift')
      expect(await refusalOf(close())).toMatch(/^account_not_empty: the account still has 5 ncheq of credit on mainnet/)
      await agent.execute('didManagerCreate', {})
      await correct(customerId, '5')
      expect(await close()).toEqual({ ...account, status: 'closed' })
      expect(await close()).toEqual({ ...account, status: 'closed' })
      expect(await refusalOf(context.agentFor(token).then((late) => late.execute('accountManagerGet', {})))).toMatch(
        /revoked|credentials_invalid/,
      )
      const late: [string, object][] = [
        ['accountManagerUpdate', { customerId, name: 'X' }],
        ['accountManagerCredit', { ...money('1', 'late'), customerId, network: 'mainnet' }],
        ['billingManagerSetPlan', { customerId, plan: 'build' }],
        ['billingManagerReserve', { customerId, method: 'didManagerCreate' }],
        ['apiKeyManagerCreate', { customerId, name: 'late' }],
        [
          'billingManagerGrantCredit',
          { customerId, meter: 'did.create', units: 1, reason: 'r', idempotencyKey: 'late' },
        ],
      ]
      for (const [method, args] of late) {
        expect(`${method} ${await refusalOf(operator.execute(method, args))}`).toMatch(/^\w+ account_closed: /)
      }
      expect(await operator.execute('accountManagerGet', { customerId })).toEqual({ ...account, status: 'closed' })
      const reserved = operator.execute('accountManagerClose', { customerId: 'operator' })
      expect(await refusalOf(reserved)).toBe('not_found: customer not found')
      const again = { name: 'Back', email: account.email }
      expect(await operator.execute('accountManagerCreate', again)).toMatchObject({ email: account.email })
    })

    it('gives back what was charged, once for a key, and never more', async () => {
      const { account, agent } = await newCustomer(context)
      const { customerId } = account
      await useAllBut(agent, 0)
      await credit(customerId, '3000000000', 'gift')
      await agent.execute('didManagerCreate', {})
      const { items } = await agent.execute<object, TransactionPage>('accountManagerListTransactions', {
        type: 'charge',
      })
      expect(items).toMatchObject([{ type: 'charge', method: 'didManagerCreate', amount: { amount: '1000000000' } }])
      const transactionId = String(items[0]?.transactionId)
      const operator = await context.operator()
      const refund = (more: object) =>
        operator.execute<object, Transaction>('accountManagerRefund', {
          ...{ customerId, transactionId, reason: 'it failed', ...more },
        })
      const part = { amount: { denom: 'ncheq', amount: '400000000' }, idempotencyKey: 'r1' }
      const first = await refund(part)
      expect(first).toMatchObject({ type: 'refund', direction: 'in', source: 'credit', refundOf: transactionId })
      expect(await refund(part)).toEqual(first)
      const tooMuch = { ...part, amount: { denom: 'ncheq', amount: '600000001' }, idempotencyKey: 'r2' }
      expect(await refusalOf(refund(tooMuch))).toMatch(/^refund_exceeds_charge: /)
      expect(await refusalOf(refund(tooMuch.amount))).toMatch(/^invalid_argument: /)
      expect(await refund({ idempotencyKey: 'r3' })).toMatchObject({ amount: { amount: '600000000' } })
      expect(await availableOf(agent)).toBe('3000000000')
      const mine = { customerId, transactionId, reason: 'mine', idempotencyKey: 'r4' }
      expect(await refusalOf(agent.execute('accountManagerRefund', mine))).toMatch(/^permission_denied: /)
    })

    it('takes back credit that was wrong, and never more than there is', async () => {
      const { account, agent } = await newCustomer(context)
      const { customerId } = account
      await credit(customerId, '100', 'gift')
      expect(await correct(customerId, '60')).toMatchObject({ type: 'correction', direction: 'out', source: 'credit' })
      expect(await correct(customerId, '60')).toMatchObject({ type: 'correction' })
      expect(await availableOf(agent)).toBe('40')
      expect(await refusalOf(correct(customerId, '41'))).toMatch(/^credit_insufficient: /)
      const back = { ...money('60', 'back'), customerId, network: 'mainnet', direction: 'in' }
      const operator = await context.operator()
      expect(await operator.execute('accountManagerCorrect', back)).toMatchObject({ direction: 'in' })
      expect(await availableOf(agent)).toBe('100')
      expect(await refusalOf(agent.execute('accountManagerCorrect', back))).toMatch(/^permission_denied: /)
    })

    it('gives a customer its statement, as members and as CSV', async () => {
      const { account, agent } = await newCustomer(context)
      for (const amount of ['10', '20', '30']) await credit(account.customerId, amount, `gift of ${amount}`)
      const whole = await agent.execute<object, AccountStatement>('accountManagerGetStatement', { network: 'mainnet' })
      expect(whole).toMatchObject({
        ...{ customerId: account.customerId, network: 'mainnet', from: null, to: null },
        ...{ openingBalance: { denom: 'ncheq', amount: '0' }, closingBalance: { denom: 'ncheq', amount: '60' } },
      })
      expect(whole.movements?.map(({ reason, balance }) => [reason, balance.amount])).toEqual([
        ['gift of 10', '10'],
        ['gift of 20', '30'],
        ['gift of 30', '60'],
      ])
      let csv = ''
      let cursor: string | undefined
      do {
        const args = { network: 'mainnet', format: 'csv', limit: 2, ...(cursor && { cursor }) }
        const page = await agent.execute<object, AccountStatement>('accountManagerGetStatement', args)
        csv += page.csv
        cursor = page.nextCursor
      } while (cursor !== undefined)
      expect(csv.split('\r\n').map((row) => row.split(',')[2])).toEqual([
        ...['type', 'opening', 'credit', 'credit', 'credit', 'closing', undefined],
      ])
      const refused = agent.execute('accountManagerGetStatement', { network: 'mainnet', from: 'then' })
      expect(await refusalOf(refused)).toMatch(/^invalid_argument: /)
      const other = agent.execute('accountManagerGetStatement', { network: 'mainnet', customerId: 'nobody' })
      expect(await refusalOf(other)).toBe('not_found: customer not found')
    })

    it('filters transactions', async () => {
      const { account, agent } = await newCustomer(context)
      await credit(account.customerId, '10', 'gift')
      await correct(account.customerId, '4')
      const typesOf = async (filters: object) => {
        const page = await agent.execute<object, TransactionPage>('accountManagerListTransactions', filters)
        return page.items.map(({ type }) => type)
      }
      expect(await typesOf({})).toEqual(['correction', 'credit'])
      expect(await typesOf({ type: 'credit' })).toEqual(['credit'])
      expect(await typesOf({ source: 'deposit' })).toEqual([])
      expect(await typesOf({ from: account.createdAt })).toHaveLength(2)
      expect(await typesOf({ to: account.createdAt })).toEqual([])
      expect(await refusalOf(typesOf({ type: 'gift' }))).toMatch(/^invalid_argument: /)
    })

    it('writes down who changed what, for good', async () => {
      const { account, agent } = await newCustomer(context)
      const { customerId } = account
      await agent.execute('accountManagerUpdate', { name: 'New name' })
      await credit(customerId, '10', 'gift')
      const operator = await context.operator()
      const { items } = await operator.execute<object, AuditLogPage>('accountManagerListAuditLog', { customerId })
      expect(items.map(({ action, actor, reason }) => [action, actor.role, reason])).toEqual([
        ['credit', 'operator', 'gift'],
        ['update', 'customer', null],
        ['create', 'operator', null],
      ])
      expect(items[1]).toMatchObject({ before: { name: 'Acme' }, after: { name: 'New name' } })
      expect(typeof items[0]?.actor.keyId).toBe('string')
      const own = await agent.execute<object, AuditLogPage>('accountManagerListAuditLog', {})
      expect(own.items.map(({ actor }) => actor.keyId !== null)).toEqual([false, true, false])
      const all = await operator.execute<object, AuditLogPage>('accountManagerListAuditLog', { limit: 3 })
      expect(all.items).toEqual(items)
      const other = agent.execute('accountManagerListAuditLog', { customerId: 'nobody' })
      expect(await refusalOf(other)).toBe('not_found: customer not found')
    })

    it('looks for low balances when an operator asks, and not for a customer', async () => {
      const { agent, account } = await newCustomer(context)
      const operator = await context.operator()
      await credit(account.customerId, '6000000000', 'gift')
      await correct(account.customerId, '5500000000')
      const { emitted } = await operator.execute<object, { emitted: number }>('accountManagerCheckBalances', {})
      // The service may have been faster.
      expect([0, 1, 2]).toContain(emitted)
      expect(await operator.execute('accountManagerCheckBalances', {})).toEqual({ emitted: 0 })
      expect(await refusalOf(agent.execute('accountManagerCheckBalances', {}))).toMatch(/^permission_denied: /)
    })
  })

  const money = (amount: string, idempotencyKey: string) => ({
    ...{ amount: { denom: 'ncheq', amount }, reason: idempotencyKey, idempotencyKey },
  })
  async function credit(customerId: string, amount: string, reason: string): Promise<void> {
    const operator = await context.operator()
    const args = { customerId, network: 'mainnet', ...money(amount, reason) }
    await operator.execute('accountManagerCredit', args)
  }
  async function correct(customerId: string, amount: string): Promise<unknown> {
    const operator = await context.operator()
    const args = { customerId, network: 'mainnet', direction: 'out', ...money(amount, `correct ${amount}`) }
    return operator.execute('accountManagerCorrect', args)
  }
  async function availableOf(agent: Customer['agent']): Promise<string | undefined> {
    const { balances } = await agent.execute<object, AccountBalances>('accountManagerGetBalances', {})
    return balances[0]?.available.amount
  }
}
