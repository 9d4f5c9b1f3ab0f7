import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { ApiKeyManagerCreateResult } from '@veramo-studio/api-key-manager'
import type {
  BillingManagerSetWebhookResult,
  BillingWebhook,
  KeyBudget,
  KeyBudgetList,
  ReservationPage,
  ReservationState,
  ReserveDecision,
} from '@veramo-studio/billing-manager'
import { newCustomer, refusalOf, type Customer, type SuiteContext } from '../agents/suite-context.js'
import { usageOf } from '../agents/usage.js'

const METER = 'did.create'
const URL_OF_HOOK = 'https://hooks.example/billing'

export function billingControls(context: SuiteContext): void {
  describe('budgets, webhooks and open reservations', () => {
    beforeAll(() => context.setup())
    afterAll(() => context.tearDown())

    async function newKey({ account }: Customer) {
      const operator = await context.operator()
      const made = await operator.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', {
        customerId: account.customerId,
        name: 'bounded',
      })
      return { keyId: made.apiKey.keyId, agent: await context.agentFor(made.token) }
    }

    it('bound a key below its customer, which sets and lifts the bound with another key', async () => {
      const customer = await newCustomer(context)
      const bounded = await newKey(customer)
      const budget = { keyId: bounded.keyId, meter: METER, units: 2 }
      const refill = { interval: 'day', units: 5 }
      const set = await customer.agent.execute<object, KeyBudget>('billingManagerSetKeyBudget', { ...budget, refill })
      expect(set).toMatchObject({ ...budget, customerId: customer.account.customerId, remaining: 2, refill })
      await bounded.agent.execute('didManagerCreate', {})
      await refusalOf(bounded.agent.execute('didManagerCreate', { provider: 'did:none' }))
      await bounded.agent.execute('didManagerCreate', {})
      expect(await refusalOf(bounded.agent.execute('didManagerCreate', {}))).toMatch(
        /^key_budget_exhausted: the budget of the key for did\.create is used up/,
      )
      await customer.agent.execute('didManagerCreate', {})
      expect(await usageOf(customer.agent)).toMatchObject({ used: 3, held: 0 })
      const get = { keyId: bounded.keyId }
      expect(await bounded.agent.execute<object, KeyBudgetList>('billingManagerGetKeyBudgets', get)).toMatchObject({
        items: [{ keyId: bounded.keyId, meter: METER, units: 2, remaining: 0 }],
      })
      const raise = bounded.agent.execute('billingManagerSetKeyBudget', { ...budget, units: 99 })
      expect(await refusalOf(raise)).toMatch(/^permission_denied: /)
      const lift = { keyId: bounded.keyId, meter: METER }
      expect(await refusalOf(bounded.agent.execute('billingManagerDeleteKeyBudget', lift))).toMatch(
        /^permission_denied/,
      )
      expect(await customer.agent.execute('billingManagerDeleteKeyBudget', lift)).toEqual({ deleted: true })
      await bounded.agent.execute('didManagerCreate', {})
    })

    it('bind also the keys that a bounded key makes or rotates, and no others', async () => {
      const customer = await newCustomer(context)
      const free = await newKey(customer)
      const bounded = await newKey(customer)
      const before = await bounded.agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', {
        name: 'made while its maker was free',
      })
      await customer.agent.execute('billingManagerSetKeyBudget', { keyId: bounded.keyId, meter: METER, units: 3 })
      const create = { name: 'child' }
      const child = await bounded.agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', create)
      const childAgent = await context.agentFor(child.token)
      const grandchild = await childAgent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', create)
      const rotated = await childAgent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerRotate', {
        keyId: grandchild.apiKey.keyId,
      })
      const family = [bounded.agent, childAgent, await context.agentFor(rotated.token)]
      for (const agent of family) await agent.execute('didManagerCreate', {})
      for (const agent of family) {
        expect(await refusalOf(agent.execute('didManagerCreate', {}))).toMatch(/^key_budget_exhausted: /)
      }
      for (const method of ['apiKeyManagerRotate', 'apiKeyManagerUpdate']) {
        const change = { keyId: free.keyId, ...(method === 'apiKeyManagerUpdate' && { name: 'mine' }) }
        for (const agent of family) {
          expect(await refusalOf(agent.execute(method, change))).toMatch(/^permission_denied: .*budget/)
        }
      }
      const lift = { keyId: child.apiKey.keyId, meter: METER, units: 99 }
      expect(await refusalOf(childAgent.execute('billingManagerSetKeyBudget', lift))).toMatch(/^permission_denied: /)
      await free.agent.execute('didManagerCreate', {})
      await (await context.agentFor(before.token)).execute('didManagerCreate', {})
      const budgets = await customer.agent.execute<object, KeyBudgetList>('billingManagerGetKeyBudgets', {
        keyId: rotated.apiKey.keyId,
      })
      expect(budgets.items).toMatchObject([{ keyId: bounded.keyId, units: 3, remaining: 0 }])
    })

    it('are exact for many calls of a key at once', async () => {
      const customer = await newCustomer(context)
      const bounded = await newKey(customer)
      await customer.agent.execute('billingManagerSetKeyBudget', { keyId: bounded.keyId, meter: METER, units: 4 })
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, () => refusalOf(bounded.agent.execute('didManagerCreate', {}))),
      )
      expect(outcomes.filter((outcome) => outcome.startsWith('not refused: '))).toHaveLength(4)
      expect(outcomes.filter((outcome) => outcome.startsWith('key_budget_exhausted: '))).toHaveLength(8)
      expect(await usageOf(customer.agent)).toMatchObject({ used: 4, held: 0 })
    })

    it('do not reach the keys of another customer', async () => {
      const [first, second] = [await newCustomer(context), await newCustomer(context)]
      const { keyId } = await newKey(second)
      const budget = { keyId, meter: METER, units: 0 }
      expect(await refusalOf(first.agent.execute('billingManagerSetKeyBudget', budget))).toMatch(/^not_found: /)
      expect(await refusalOf(first.agent.execute('billingManagerGetKeyBudgets', { keyId }))).toMatch(/^not_found: /)
      const bad = { keyId, meter: METER, units: -1 }
      expect(await refusalOf(second.agent.execute('billingManagerSetKeyBudget', bad))).toMatch(/^invalid_argument: /)
    })

    it('keep a webhook for each customer, whose secret is shown once', async () => {
      const { agent, account } = await newCustomer(context)
      expect(await refusalOf(agent.execute('billingManagerGetWebhook', {}))).toMatch(/^not_found: /)
      const args = { url: URL_OF_HOOK, events: ['limit.reached'] }
      const made = await agent.execute<object, BillingManagerSetWebhookResult>('billingManagerSetWebhook', args)
      expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
      expect(made.webhook).toMatchObject({ ...args, customerId: account.customerId, status: 'enabled' })
      expect(await agent.execute<object, BillingWebhook>('billingManagerGetWebhook', {})).toEqual(made.webhook)
      const other = await newCustomer(context)
      expect(await refusalOf(other.agent.execute('billingManagerGetWebhook', {}))).toMatch(/^not_found: /)
      const theirs = { customerId: account.customerId }
      expect(await refusalOf(other.agent.execute('billingManagerDeleteWebhook', theirs))).toMatch(/^not_found: /)
      for (const url of ['http://hooks.example/', 'https://127.0.0.1/', 'https://169.254.169.254/']) {
        expect(await refusalOf(agent.execute('billingManagerSetWebhook', { url }))).toMatch(/^fetch_refused: /)
      }
      expect(await agent.execute('billingManagerDeleteWebhook', {})).toEqual({ deleted: true })
    })

    it('let an operator end a reservation that stays open, and no customer', async () => {
      const { agent, account } = await newCustomer(context)
      const { customerId } = account
      const operator = await context.operator()
      const reserve = { customerId, method: 'didManagerCreate', args: {} }
      const reserved = await operator.execute<object, ReserveDecision>('billingManagerReserve', reserve)
      const listed = await operator.execute<object, ReservationPage>('billingManagerListReservations', { customerId })
      expect(listed.items).toMatchObject([{ reservationId: reserved.reservationId, state: 'reserved' }])
      const resolve = { customerId, reservationId: reserved.reservationId, outcome: 'voided', reason: 'a test' }
      for (const [method, args] of [
        ['billingManagerListReservations', {}],
        ['billingManagerResolveReservation', resolve],
      ] as const) {
        expect(await refusalOf(agent.execute(method, args))).toMatch(/^permission_denied: /)
      }
      const ended = await operator.execute<object, ReservationState>('billingManagerResolveReservation', resolve)
      expect(ended).toEqual({ reservationId: reserved.reservationId, state: 'voided' })
      expect(await refusalOf(operator.execute('billingManagerResolveReservation', resolve))).toMatch(
        /^reservation_ended: /,
      )
      expect(await usageOf(agent)).toMatchObject({ used: 0, held: 0 })
    })
  })
}
