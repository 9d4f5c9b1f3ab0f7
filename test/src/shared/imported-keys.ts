import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type {
  ApiKey,
  ApiKeyManagerCreateResult,
  ApiKeyManagerImportResult,
  ApiKeyUsage,
} from '@veramo-studio/api-key-manager'
import { newCustomer, refusalOf, type SuiteContext } from '../agents/suite-context.js'

/** One of those that the agents of these suites are started with. */
const PREFIX = 'acme_live_'

const newToken = () => `${PREFIX}${randomBytes(20).toString('hex')}`
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

export function importedKeys(context: SuiteContext): void {
  describe('keys whose tokens were made elsewhere', () => {
    beforeAll(() => context.setup())
    afterAll(() => context.tearDown())

    async function imported(customerId: string, token: string, more: object = {}): Promise<ApiKey> {
      const operator = await context.operator()
      const args = { customerId, name: 'of before', prefix: PREFIX, hash: sha256(token), ...more }
      return (await operator.execute<object, ApiKeyManagerImportResult>('apiKeyManagerImport', args)).apiKey
    }

    it('are imported by operators, and call for their customer, also after a restart', async () => {
      const { account, token: own } = await newCustomer(context)
      const token = newToken()
      const apiKey = await imported(account.customerId, token, { permissions: ['didManager*', 'accountManagerGet'] })
      expect(apiKey).toMatchObject({ customerId: account.customerId, start: PREFIX, status: 'active' })
      const holder = await context.agentFor(token)
      expect(await holder.execute('accountManagerGet', {})).toEqual(account)
      expect(await refusalOf(holder.execute('keyManagerCreate', {}))).toMatch(/^permission_denied: .*keyManagerCreate/)
      await context.restart()
      expect(await (await context.agentFor(token)).execute('accountManagerGet', {})).toEqual(account)
      const agent = await context.agentFor(own)
      const mine = await agent.execute<object, ApiKey>('apiKeyManagerGet', { keyId: apiKey.keyId })
      expect(mine).toMatchObject({ start: PREFIX, lastUsedAt: expect.any(String) })
      const usage = await agent.execute<object, ApiKeyUsage>('apiKeyManagerGetUsage', { keyId: apiKey.keyId })
      expect(usage.items.map(({ method, outcome }) => [method, outcome])).toContainEqual([
        ...['accountManagerGet', 'allowed'],
      ])
    })

    it('are imported once, by no customer, and under a prefix that is registered', async () => {
      const [first, second] = [await newCustomer(context), await newCustomer(context)]
      const token = newToken()
      await imported(first.account.customerId, token)
      for (const { account } of [first, second]) {
        expect(await refusalOf(imported(account.customerId, token))).toBe('conflict: there is a key with this hash')
      }
      const args = { customerId: first.account.customerId, name: 'x', prefix: PREFIX, hash: sha256(newToken()) }
      expect(await refusalOf(first.agent.execute('apiKeyManagerImport', args))).toMatch(/^permission_denied: /)
      const operator = await context.operator()
      for (const bad of [{ prefix: 'vs_' }, { prefix: 'other_' }, { hash: 'x' }, { name: '' }, { customerId: '' }]) {
        const refusal = await refusalOf(operator.execute('apiKeyManagerImport', { ...args, ...bad }))
        expect(refusal).toMatch(/^(invalid_argument|not_found): /)
      }
      expect(await refusalOf(imported('nobody', newToken()))).toMatch(/^not_found: /)
    })

    it('are limited, switched off, rotated and revoked like any others', async () => {
      const { account, agent } = await newCustomer(context)
      const token = newToken()
      const limit = { name: 'daily', limit: 2, windowMs: 86_400_000, scope: 'strict', methods: ['didManager*'] }
      const { keyId } = await imported(account.customerId, token, { rateLimits: [limit] })
      const use = async (by: string): Promise<unknown> => (await context.agentFor(by)).execute('didManagerFind', {})
      expect(await use(token)).toEqual([])
      await agent.execute('apiKeyManagerUpdate', { keyId, enabled: false })
      expect(await refusalOf(use(token))).toMatch(/disabled|credentials_invalid/)
      await agent.execute('apiKeyManagerUpdate', { keyId, enabled: true })
      const rotated = await agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerRotate', {
        ...{ keyId, overlapSeconds: 3600 },
      })
      expect(rotated.token).toMatch(/^vs_live_/)
      expect(await use(rotated.token)).toEqual([])
      for (const by of [token, rotated.token]) expect(await refusalOf(use(by))).toMatch(/^rate_limited: /)
      await agent.execute('apiKeyManagerRevoke', { keyId })
      expect(await refusalOf(use(token))).toMatch(/revoked|credentials_invalid/)
    })

    it('end when their tokens are reported', async () => {
      const { account } = await newCustomer(context)
      const [first, second] = [newToken(), newToken()]
      const keys = [await imported(account.customerId, first), await imported(account.customerId, second)]
      const operator = await context.operator()
      const reports = [{ token: first }, { hash: sha256(second) }]
      expect(await operator.execute('apiKeyManagerReportLeak', { reports })).toEqual({
        items: keys.map(({ keyId, customerId }) => ({ keyId, customerId, revoked: true })),
      })
      for (const token of [first, second]) {
        const use = async (): Promise<unknown> => (await context.agentFor(token)).execute('didManagerFind', {})
        expect(await refusalOf(use())).toMatch(/revoked|credentials_invalid/)
      }
    })
  })
}
