import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { IIdentifier } from '@veramo/core-types'
import type { ApiKeyManagerCreateResult } from '@veramo-studio/api-key-manager'
import type {
  BillingGrantPage,
  BillingPlanList,
  BillingQuote,
  BillingUsage,
  BooksReport,
  ReserveDecision,
} from '@veramo-studio/billing-manager'
import { newCustomer, refusalOf, type Customer, type SuiteContext } from '../agents/suite-context.js'
import { DID_METER, TRIAL_DIDS, usageOf, useAllBut } from '../agents/usage.js'

const DID_PRICE = '1000000000'

export function billing(context: SuiteContext): void {
  describe('billing', () => {
    beforeAll(() => context.setup())
    afterAll(() => context.tearDown())

    async function credit({ account }: Customer, amount: string, network = 'mainnet'): Promise<void> {
      const operator = await context.operator()
      await operator.execute('accountManagerCredit', {
        customerId: account.customerId,
        network,
        amount: { denom: 'ncheq', amount },
        reason: 'a test',
        idempotencyKey: randomUUID(),
      })
    }

    it('starts every customer on the trial, with nothing used', async () => {
      const { agent, account } = await newCustomer(context)
      const usage = await agent.execute<object, BillingUsage>('billingManagerGetUsage', {})
      expect(usage.plan).toBe('trial')
      expect(usage.period.start).toBe(account.createdAt)
      expect(Date.parse(usage.period.end) - Date.parse(usage.period.start)).toBe(30 * 24 * 3600 * 1000)
      expect(
        usage.meters.map(({ meter, used, held, limit, remaining }) => [meter, used, held, limit, remaining]),
      ).toEqual([
        ['did.create', 0, 0, 20, 20],
        ['credential.issue', 0, 0, 100, 100],
      ])
    })

    it('counts a call that succeeds, not one that fails, and not one that reads', async () => {
      const { agent } = await newCustomer(context)
      const { did } = await agent.execute<object, IIdentifier>('didManagerCreate', { alias: 'taken' })
      const credential = { issuer: { id: did }, credentialSubject: { id: 'did:example:a', name: 'A' } }
      await agent.execute('createVerifiableCredential', { credential, proofFormat: 'jwt' })
      await refusalOf(agent.execute('didManagerCreate', { alias: 'taken' }))
      await refusalOf(agent.execute('didManagerCreate', { provider: 'did:none' }))
      const foreign = { ...credential, issuer: { id: 'did:key:zNone' } }
      await refusalOf(agent.execute('createVerifiableCredential', { credential: foreign, proofFormat: 'jwt' }))
      await agent.execute('didManagerFind', {})
      expect(await usageOf(agent)).toMatchObject({ used: 1, held: 0, remaining: TRIAL_DIDS - 1 })
      expect(await usageOf(agent, 'credential.issue')).toMatchObject({ used: 1, held: 0 })
    })

    it('stops at the limit, says what more would cost, and goes on once it is paid', async () => {
      const customer = await newCustomer(context)
      const { agent } = customer
      await useAllBut(agent, 0)
      expect(await usageOf(agent)).toMatchObject({ used: TRIAL_DIDS, remaining: 0, held: 0 })
      expect(await refusalOf(agent.execute('didManagerCreate', {}))).toMatch(/^limit_exhausted: .*did\.create/)
      const quote = { method: 'didManagerCreate', args: {} }
      expect(await agent.execute<object, BillingQuote>('billingManagerQuote', quote)).toMatchObject({
        meter: DID_METER,
        units: 1,
        price: { denom: 'ncheq', amount: DID_PRICE },
        affordable: false,
      })
      await credit(customer, '2500000000')
      expect(await agent.execute<object, BillingQuote>('billingManagerQuote', quote)).toMatchObject({
        coveredBy: ['credit'],
        affordable: true,
      })
      await agent.execute('didManagerCreate', {})
      await agent.execute('didManagerCreate', {})
      expect(await refusalOf(agent.execute('didManagerCreate', {}))).toMatch(/^limit_exhausted: /)
      expect(await usageOf(agent)).toMatchObject({ used: TRIAL_DIDS + 2, remaining: 0 })
      const { balances } = await agent.execute<object, { balances: object[] }>('accountManagerGetBalances', {})
      expect(balances).toContainEqual({
        network: 'mainnet',
        source: 'credit',
        available: { denom: 'ncheq', amount: '500000000' },
        held: { denom: 'ncheq', amount: '0' },
      })
      expect(await agent.execute('didManagerFind', {})).toHaveLength(TRIAL_DIDS + 2)
    })

    it('does not pay for a live key from the testnet', async () => {
      const customer = await newCustomer(context)
      await useAllBut(customer.agent, 0)
      await credit(customer, '99000000000', 'testnet')
      expect(await refusalOf(customer.agent.execute('didManagerCreate', {}))).toMatch(/^limit_exhausted: /)
    })

    it('does not pay for a test key from the mainnet, whether it is bound to a network or not', async () => {
      const customer = await newCustomer(context)
      await useAllBut(customer.agent, 0)
      await credit(customer, '99000000000')
      const operator = await context.operator()
      for (const bound of [{}, { network: 'testnet' }]) {
        const args = { customerId: customer.account.customerId, name: 'test', environment: 'test', ...bound }
        const { token } = await operator.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', args)
        const holder = await context.agentFor(token)
        expect(await refusalOf(holder.execute('didManagerCreate', {}))).toMatch(/^limit_exhausted: /)
      }
      await customer.agent.execute('didManagerCreate', {})
    })

    it('quotes what is covered without changing anything, to those who may call it', async () => {
      const { agent } = await newCustomer(context)
      const before = await usageOf(agent)
      expect(await agent.execute('billingManagerQuote', { method: 'didManagerCreate', args: {} })).toMatchObject({
        meter: DID_METER,
        coveredBy: ['allowance'],
        price: { denom: 'ncheq', amount: '0' },
      })
      expect(await agent.execute('billingManagerQuote', { method: 'didManagerFind' })).toMatchObject({ meter: null })
      const operators = agent.execute('billingManagerQuote', { method: 'accountManagerCreate', args: {} })
      expect(await refusalOf(operators)).toMatch(/^permission_denied: /)
      expect(await refusalOf(agent.execute('billingManagerQuote', { method: 'none' }))).toMatch(/^method_not_found: /)
      expect(await usageOf(agent)).toEqual(before)
    })

    it('lets exactly as many pass as there are units, of many at once', async () => {
      const { agent } = await newCustomer(context)
      const left = 7
      await useAllBut(agent, left)
      const outcomes = await Promise.all(
        Array.from({ length: 30 }, () => refusalOf(agent.execute('didManagerCreate', {}))),
      )
      const refused = outcomes.filter((outcome) => outcome.startsWith('limit_exhausted: '))
      expect(refused).toHaveLength(30 - left)
      expect(outcomes.filter((outcome) => outcome.startsWith('not refused: '))).toHaveLength(left)
      expect(await usageOf(agent)).toMatchObject({ used: TRIAL_DIDS, held: 0, remaining: 0 })
      expect(await agent.execute('didManagerFind', {})).toHaveLength(TRIAL_DIDS)
    })

    it('does the work of 50 racers with one idempotency key once, and charges once', async () => {
      const { agent, token } = await newCustomer(context)
      const keyed = await context.agentFor(token, randomUUID())
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, () => refusalOf(keyed.execute('didManagerCreate', {}))),
      )
      const answers = outcomes.filter((outcome) => outcome.startsWith('not refused: '))
      const others = outcomes.filter((outcome) => !outcome.startsWith('not refused: '))
      expect(new Set(answers).size).toBe(1)
      expect(others.every((outcome) => outcome.startsWith('idempotency_running: '))).toBe(true)
      expect(await refusalOf(keyed.execute('didManagerCreate', {}))).toBe(answers[0])
      expect(await usageOf(agent)).toMatchObject({ used: 1, held: 0 })
      expect(await agent.execute('didManagerFind', {})).toHaveLength(1)
      const other = keyed.execute('didManagerCreate', { alias: 'another' })
      expect(await refusalOf(other)).toMatch(/^idempotency_mismatch: /)
      expect(await agent.execute('didManagerFind', {})).toHaveLength(1)
    })

    it('gives a key’s first answer again after a restart, to its own tenant alone', async () => {
      const [first, second] = [await newCustomer(context), await newCustomer(context)]
      const key = randomUUID()
      const made = await (await context.agentFor(first.token, key)).execute<object, IIdentifier>('didManagerCreate', {})
      await context.restart()
      const again = await context.agentFor(first.token, key)
      expect(await again.execute('didManagerCreate', {})).toEqual(made)
      const others = await context.agentFor(second.token, key)
      expect(await others.execute<object, IIdentifier>('didManagerCreate', {})).not.toEqual(made)
    })

    it('replays a failure as it was, and forgets a call that was not run', async () => {
      const customer = await newCustomer(context)
      const failing = await context.agentFor(customer.token, randomUUID())
      const first = await refusalOf(failing.execute('didManagerCreate', { provider: 'did:none' }))
      expect(await refusalOf(failing.execute('didManagerCreate', { provider: 'did:none' }))).toBe(first)
      await useAllBut(customer.agent, 0)
      const keyed = await context.agentFor(customer.token, randomUUID())
      expect(await refusalOf(keyed.execute('didManagerCreate', {}))).toMatch(/^limit_exhausted: /)
      await credit(customer, DID_PRICE)
      expect((await keyed.execute<object, IIdentifier>('didManagerCreate', {})).did).toMatch(/^did:key:/)
    })

    it('changes the plan at once, and shows it', async () => {
      const { agent, account } = await newCustomer(context)
      await useAllBut(agent, 18)
      const operator = await context.operator()
      const { customerId } = account
      await operator.execute('billingManagerSetPlan', { customerId, plan: 'build' })
      expect(await usageOf(agent)).toMatchObject({ limit: 1000, resetsAt: expect.any(String) })
      expect(await agent.execute('accountManagerGet', {})).toMatchObject({ plan: 'build' })
      const plans = await agent.execute<object, BillingPlanList>('billingManagerListPlans', {})
      expect(plans.items.map(({ plan }) => plan)).toEqual(['trial', 'build'])
      expect(await refusalOf(operator.execute('billingManagerSetPlan', { customerId, plan: 'none' }))).toMatch(
        /^plan_unknown: /,
      )
    })

    it('makes no account on a plan that there is not', async () => {
      const operator = await context.operator()
      const made = operator.execute('accountManagerCreate', { name: 'Typo', plan: 'trail' })
      expect(await refusalOf(made)).toMatch(/^plan_unknown: /)
      expect(await operator.execute('accountManagerList', { name: 'Typo' })).toEqual({ items: [] })
    })

    it('gives granted units beside the plan', async () => {
      const { agent, account } = await newCustomer(context)
      await useAllBut(agent, 0)
      const operator = await context.operator()
      const grant = { customerId: account.customerId, meter: DID_METER, units: 2, reason: 'x', idempotencyKey: 'g1' }
      const made = await operator.execute<object, object>('billingManagerGrantCredit', grant)
      expect(await operator.execute('billingManagerGrantCredit', grant)).toEqual(made)
      await agent.execute('didManagerCreate', {})
      await agent.execute('didManagerCreate', {})
      expect(await refusalOf(agent.execute('didManagerCreate', {}))).toMatch(/^limit_exhausted: /)
      const grants = await agent.execute<object, BillingGrantPage>('billingManagerListGrants', {})
      expect(grants).toEqual({ items: [{ ...made, remaining: 0, expired: false }] })
      expect(await refusalOf(agent.execute('billingManagerListGrants', { limit: 0 }))).toMatch(/^invalid_argument: /)
    })

    it('changes to a plan that gives less when the period ends, unless it is called off', async () => {
      const { agent, account } = await newCustomer(context)
      const operator = await context.operator()
      const setPlan = (plan: string) =>
        operator.execute<object, BillingUsage>('billingManagerSetPlan', { customerId: account.customerId, plan })
      const { plan, period } = await setPlan('build')
      expect(plan).toBe('build')
      expect(await setPlan('trial')).toMatchObject({ plan: 'build', next: { plan: 'trial', at: period.end } })
      expect(await agent.execute('billingManagerGetUsage', {})).toMatchObject({ next: { plan: 'trial' } })
      expect(await setPlan('build')).not.toHaveProperty('next')
    })

    it('pays for as many units as a call did, where those are fewer', async () => {
      const { agent, account } = await newCustomer(context)
      const operator = await context.operator()
      const { customerId } = account
      const decision = await operator.execute<object, ReserveDecision>('billingManagerReserve', {
        ...{ customerId, method: 'createProfilePresentation', args: {} },
      })
      const { reservationId = '' } = decision
      expect(await usageOf(agent, 'credential.issue')).toMatchObject({ held: 3, remaining: 97 })
      const settle = (units: number) => operator.execute('billingManagerSettle', { customerId, reservationId, units })
      expect(await refusalOf(settle(4))).toMatch(/^invalid_argument: /)
      expect(await settle(1)).toEqual({ reservationId, state: 'settled' })
      expect(await usageOf(agent, 'credential.issue')).toMatchObject({ used: 1, held: 0, remaining: 99 })
    })

    it('keeps its own side to operators', async () => {
      const { agent, account } = await newCustomer(context)
      const { customerId } = account
      for (const [method, args] of [
        ['billingManagerSetPlan', { customerId, plan: 'build' }],
        ['billingManagerGrantCredit', { customerId, meter: DID_METER, units: 9, reason: 'x', idempotencyKey: 'x' }],
        ['billingManagerReserve', { customerId, method: 'didManagerCreate' }],
        ['billingManagerVerifyBooks', {}],
        ['accountManagerCredit', { customerId }],
      ] as const) {
        expect(await refusalOf(agent.execute(method, args))).toMatch(/^permission_denied: /)
      }
    })

    it('shows no customer another’s usage and money', async () => {
      const [first, second] = [await newCustomer(context), await newCustomer(context)]
      const { customerId } = second.account
      for (const method of [
        ...['billingManagerGetUsage', 'billingManagerListGrants'],
        ...['accountManagerGetBalances', 'accountManagerListTransactions'],
      ]) {
        expect(await refusalOf(first.agent.execute(method, { customerId }))).toBe('not_found: customer not found')
      }
    })

    it('leaves books that are in order', async () => {
      const operator = await context.operator()
      const report = await operator.execute<object, BooksReport>('billingManagerVerifyBooks', {})
      expect(report).toMatchObject({ valid: true })
      expect(report.checked).toBeGreaterThan(100)
    })
  })
}
