import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { IAgent } from '@veramo/core-types'
import type { ApiKey, ApiKeyManagerCreateResult, ApiKeyPage } from '@veramo-studio/api-key-manager'
import { newCustomer, refusalOf, type SuiteContext } from '../agents/suite-context.js'

const DAY_MS = 24 * 3_600_000

export function apiKeyBounds(context: SuiteContext): void {
  describe('the end of an API key, and what it may make', () => {
    beforeAll(() => context.setup())
    afterAll(() => context.tearDown())

    const make = (agent: IAgent, args: object) =>
      agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', { name: 'key', ...args })
    const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()

    it('is the instant that was asked for', async () => {
      const { agent } = await newCustomer(context)
      const { token, apiKey } = await make(agent, { expiresAt: inMs(3000) })
      const use = async (): Promise<unknown> => (await context.agentFor(token)).execute('didManagerFind', {})
      expect(await use()).toEqual([])
      await sleep(Date.parse(apiKey.expiresAt) - Date.now() + 50)
      expect(await refusalOf(use())).toMatch(/expired|credentials_invalid/)
      const { items } = await agent.execute<object, ApiKeyPage>('apiKeyManagerList', { status: 'expired' })
      expect(items.map(({ keyId }) => keyId)).toEqual([apiKey.keyId])
      const { keyId } = apiKey
      expect(await refusalOf(agent.execute('apiKeyManagerRotate', { keyId }))).toMatch(/^conflict: /)
      const renewed = await agent.execute<object, ApiKey>('apiKeyManagerUpdate', { keyId, expiresAt: inMs(DAY_MS) })
      expect([renewed.status, await use()]).toEqual(['active', []])
    })

    it('bounds those that it makes, changes and rotates: permissions, end, environment and network', async () => {
      const { agent, account } = await newCustomer(context)
      const wide = await make(agent, {})
      const permissions = ['apiKeyManager*', 'didManagerFind']
      const narrow = await make(agent, { permissions, expiresAt: inMs(DAY_MS) })
      const maker = await context.agentFor(narrow.token)
      const refused: [string, object, RegExp][] = [
        ['apiKeyManagerCreate', { name: 'x' }, /permission \*/],
        ['apiKeyManagerCreate', { name: 'x', permissions: ['did*'] }, /permission did\*/],
        ['apiKeyManagerCreate', { name: 'x', permissions, expiresAt: inMs(2 * DAY_MS) }, /ends at/],
        ['apiKeyManagerCreate', { name: 'x', permissions, environment: 'test' }, /environment live/],
        ['apiKeyManagerUpdate', { keyId: narrow.apiKey.keyId, permissions: ['*'] }, /permission \*/],
        ['apiKeyManagerUpdate', { keyId: narrow.apiKey.keyId, expiresAt: inMs(2 * DAY_MS) }, /ends at/],
        ['apiKeyManagerUpdate', { keyId: wide.apiKey.keyId, name: 'mine' }, /permission \*/],
        ['apiKeyManagerRotate', { keyId: wide.apiKey.keyId }, /permission \*/],
      ]
      for (const [method, args, reason] of refused) {
        const refusal = await refusalOf(maker.execute(method, args))
        expect([method, refusal]).toEqual([method, expect.stringMatching(/^permission_denied: /)])
        expect(refusal).toMatch(reason)
      }
      const child = await make(maker, { permissions: ['didManagerFind'] })
      expect(child.apiKey.expiresAt).toBe(narrow.apiKey.expiresAt)
      const operator = await context.operator()
      const test = { customerId: account.customerId, environment: 'test', network: 'testnet' }
      const bound = await context.agentFor((await make(operator, test)).token)
      expect(await refusalOf(make(bound, { environment: 'test' }))).toMatch(/^permission_denied: .*network testnet/)
      const sibling = await make(bound, { environment: 'test', network: 'testnet' })
      expect(sibling.apiKey).toMatchObject({ environment: 'test', network: 'testnet' })
    })
  })
}
