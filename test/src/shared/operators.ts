import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { ApiKeyManagerCreateResult } from '@veramo-studio/api-key-manager'
import { newCustomer, refusalOf, type SuiteContext } from '../agents/suite-context.js'

export function operators(context: SuiteContext): void {
  describe('operators', () => {
    beforeAll(() => context.setup())
    afterAll(() => context.tearDown())

    it('have no tenant of their own: methods on tenant data ask for one', async () => {
      const operator = await context.operator()
      for (const [method, args] of [
        ['didManagerFind', {}],
        ['didManagerCreate', { provider: 'did:key' }],
        ['keyManagerCreate', { kms: 'local', type: 'Ed25519' }],
        ['dataStoreORMGetVerifiableCredentials', {}],
      ] as const) {
        expect(await refusalOf(operator.execute(method, args))).toMatch(/^tenant_required: /)
      }
    })

    it('make keys for customers that exist, and for no others', async () => {
      const operator = await context.operator()
      const making = operator.execute('apiKeyManagerCreate', { customerId: 'nobody', name: 'x' })
      expect(await refusalOf(making)).toBe('not_found: customer not found')
    })

    it('may have a key that can do only some of it', async () => {
      const operator = await context.operator()
      const { token } = await operator.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', {
        customerId: 'operator',
        name: 'support',
        permissions: ['accountManagerGet', 'accountManagerList'],
      })
      const support = await context.agentFor(token)
      const { account } = await newCustomer(context)
      expect(await support.execute('accountManagerGet', { customerId: account.customerId })).toEqual(account)
      expect(await refusalOf(support.execute('accountManagerCreate', { name: 'x' }))).toMatch(/^permission_denied: /)
    })

    it('are not made by customers', async () => {
      const { agent } = await newCustomer(context)
      const making = agent.execute('apiKeyManagerCreate', { customerId: 'operator', name: 'root' })
      expect(await refusalOf(making)).toBe('not_found: customer not found')
    })
  })
}
