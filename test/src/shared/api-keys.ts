import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { ApiKey, ApiKeyManagerCreateResult, ApiKeyPage } from '@veramo-studio/api-key-manager'
import { newCustomer, refusalOf, type SuiteContext } from '../agents/suite-context.js'

const YEAR_MS = 365 * 24 * 3600 * 1000

export function apiKeys(context: SuiteContext): void {
  describe('API keys', () => {
    beforeAll(() => context.setup())
    afterAll(() => context.tearDown())

    it('lets a customer make a key for itself, live and for a year by default', async () => {
      const { agent, account } = await newCustomer(context)
      const made = await agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', { name: 'ci' })
      expect(made.token).toMatch(/^vs_live_[0-9A-Za-z]+_[0-9A-Za-z]+$/)
      expect(made.token.startsWith(`${made.apiKey.start}_`)).toBe(true)
      expect(made.apiKey).toMatchObject({
        customerId: account.customerId,
        environment: 'live',
        status: 'active',
        enabled: true,
        rateLimits: [],
        allowedIps: [],
        lastUsedAt: null,
      })
      const lifeMs = Date.parse(made.apiKey.expiresAt) - Date.parse(made.apiKey.createdAt)
      expect(lifeMs).toBeGreaterThan(YEAR_MS - 2 * 24 * 3600 * 1000)
      expect(lifeMs).toBeLessThanOrEqual(YEAR_MS + 24 * 3600 * 1000)
      const other = await context.agentFor(made.token)
      expect(await other.execute('accountManagerGet', {})).toEqual(account)
    })

    it('never shows a token again', async () => {
      const { agent, token } = await newCustomer(context)
      const shown = JSON.stringify(await agent.execute('apiKeyManagerList', {}))
      expect(shown).not.toContain(token)
      expect(shown).not.toContain(token.split('_').at(-1))
    })

    it('answers with another tenant’s key as with one that is none', async () => {
      const [first, second] = [await newCustomer(context), await newCustomer(context)]
      const { items } = await second.agent.execute<object, ApiKeyPage>('apiKeyManagerList', {})
      for (const method of ['apiKeyManagerGet', 'apiKeyManagerRevoke']) {
        const other = await refusalOf(first.agent.execute(method, { keyId: items[0]?.keyId }))
        expect(other).toBe('not_found: API key not found')
        expect(await refusalOf(first.agent.execute(method, { keyId: 'nothing' }))).toBe(other)
      }
      expect((await second.agent.execute<object, ApiKeyPage>('apiKeyManagerList', {})).items[0]?.status).toBe('active')
    })

    it('revokes at once and for good, also over a restart', async () => {
      const { agent } = await newCustomer(context)
      const made = await agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', { name: 'leaked' })
      const { keyId } = made.apiKey
      const revoked = await agent.execute<object, ApiKey>('apiKeyManagerRevoke', { keyId, reason: 'leaked' })
      expect(revoked.status).toBe('revoked')
      expect(await refusalOf(agent.execute('apiKeyManagerRevoke', { keyId }))).toMatch(/^api_key_revoked: /)
      await context.restart()
      const operator = await context.operator()
      const decision = await operator.execute<object, object>('apiKeyManagerVerify', { token: made.token })
      expect(decision).toMatchObject({ valid: false, code: 'revoked' })
    })

    it('gives a key no more than it is asked to, and never more than its maker has', async () => {
      const { agent } = await newCustomer(context)
      const { token } = await agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', {
        name: 'narrow',
        permissions: ['didManager*', 'apiKeyManagerCreate'],
      })
      const narrow = await context.agentFor(token)
      expect(await narrow.execute('didManagerFind', {})).toEqual([])
      expect(await refusalOf(narrow.execute('accountManagerGet', {}))).toMatch(
        /^permission_denied: .*accountManagerGet/,
      )
      for (const permissions of [['*'], ['didManager*', 'keyManagerSign'], undefined]) {
        const wider = narrow.execute('apiKeyManagerCreate', { name: 'wider', ...(permissions && { permissions }) })
        expect(await refusalOf(wider)).toMatch(/^permission_denied: /)
      }
    })

    it('refuses bad arguments and makes nothing of them', async () => {
      const { agent } = await newCustomer(context)
      const bad: object[] = [
        {},
        { name: '' },
        { name: 7 },
        { name: 'x', environment: 'staging' },
        { name: 'x', expiresAt: 'tomorrow' },
        { name: 'x', expiresAt: '2001-01-01T00:00:00.000Z' },
        { name: 'x', permissions: [] },
        { name: 'x', permissions: ['did Manager'] },
        { name: 'x', permissions: '*' },
      ]
      for (const args of bad) {
        expect(await refusalOf(agent.execute('apiKeyManagerCreate', args))).toMatch(/^invalid_argument: /)
      }
      expect((await agent.execute<object, ApiKeyPage>('apiKeyManagerList', {})).items).toHaveLength(1)
    })

    it('keeps verification to operators', async () => {
      const { agent, token } = await newCustomer(context)
      expect(await refusalOf(agent.execute('apiKeyManagerVerify', { token }))).toMatch(/^permission_denied: /)
    })
  })
}
