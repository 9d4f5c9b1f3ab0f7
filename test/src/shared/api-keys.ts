import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type {
  ApiKey,
  ApiKeyAuditLogPage,
  ApiKeyManagerCreateResult,
  ApiKeyPage,
  ApiKeyUsage,
} from '@veramo-studio/api-key-manager'
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

    const limitOf = (limit: number, scope: 'strict' | 'local' = 'strict') => ({
      ...{ name: 'daily', limit, windowMs: 24 * 3600 * 1000, scope, methods: ['didManager*'] },
    })

    it('changes a key, and switches it off and on', async () => {
      const { agent } = await newCustomer(context)
      const { apiKey, token } = await agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', {
        name: 'ci',
      })
      const { keyId } = apiKey
      const change = { name: 'renamed', description: 'for builds', permissions: ['didManager*'], allowedIps: [] }
      const changed = await agent.execute<object, ApiKey>('apiKeyManagerUpdate', { keyId, ...change })
      expect(changed).toMatchObject({ keyId, ...change, status: 'active' })
      const narrowed = await context.agentFor(token)
      expect(await refusalOf(narrowed.execute('accountManagerGet', {}))).toMatch(/^permission_denied: /)
      expect(await agent.execute('apiKeyManagerUpdate', { keyId, enabled: false })).toMatchObject({
        status: 'disabled',
      })
      expect(await refusalOf(useOf(token, 'didManagerFind'))).not.toBe('not refused: []')
      await agent.execute('apiKeyManagerUpdate', { keyId, enabled: true })
      expect(await useOf(token, 'didManagerFind')).toEqual([])
      await agent.execute('apiKeyManagerRevoke', { keyId })
      const late = agent.execute('apiKeyManagerUpdate', { keyId, enabled: true })
      expect(await refusalOf(late)).toMatch(/^api_key_revoked: /)
    })

    it('rotates a key: the old token answers until the overlap ends', async () => {
      const { agent } = await newCustomer(context)
      const first = await agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', { name: 'ci' })
      const { keyId } = first.apiKey
      const second = await agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerRotate', {
        ...{ keyId, overlapSeconds: 3600 },
      })
      expect(second.apiKey).toMatchObject({ rotatedFrom: keyId, name: 'ci', status: 'active' })
      expect(await useOf(first.token, 'didManagerFind')).toEqual([])
      expect(await useOf(second.token, 'didManagerFind')).toEqual([])
      const again = agent.execute('apiKeyManagerRotate', { keyId })
      expect(await refusalOf(again)).toMatch(/^api_key_rotated: /)
      const third = await agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerRotate', {
        keyId: second.apiKey.keyId,
      })
      expect(await refusalOf(useOf(second.token, 'didManagerFind'))).toMatch(/expired|credentials_invalid/)
      expect(await useOf(third.token, 'didManagerFind')).toEqual([])
    })

    it.each(['strict', 'local'] as const)(
      'holds a key to a %s rate limit, and its successor with it',
      async (scope) => {
        const { agent } = await newCustomer(context)
        const made = await agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', {
          ...{ name: 'limited', rateLimits: [limitOf(3, scope)] },
        })
        expect(made.apiKey.rateLimits).toEqual([limitOf(3, scope)])
        for (let count = 0; count < 3; count += 1) expect(await useOf(made.token, 'didManagerFind')).toEqual([])
        expect(await refusalOf(useOf(made.token, 'didManagerFind'))).toMatch(/^rate_limited: .*daily/)
        expect(await useOf(made.token, 'keyManagerGetKeyManagementSystems')).toEqual(['local'])
        const { token } = await agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerRotate', {
          keyId: made.apiKey.keyId,
        })
        expect(await refusalOf(useOf(token, 'didManagerFind'))).toMatch(/^rate_limited: /)
      },
    )

    it('lets exactly the limit through of many calls at once', async () => {
      const { agent } = await newCustomer(context)
      const { token } = await agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', {
        ...{ name: 'limited', rateLimits: [limitOf(10)] },
      })
      const caller = await context.agentFor(token)
      const answers = await Promise.all(
        Array.from({ length: 40 }, () => refusalOf(caller.execute('didManagerFind', {}))),
      )
      expect(answers.filter((answer) => answer === 'not refused: []')).toHaveLength(10)
      expect(answers.filter((answer) => answer.startsWith('rate_limited: '))).toHaveLength(30)
    })

    it('refuses a key from another address than its own', async () => {
      const { agent } = await newCustomer(context)
      const { token } = await agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', {
        ...{ name: 'bound', allowedIps: ['192.0.2.0/24', '2001:db8::/32'] },
      })
      expect(await refusalOf(useOf(token, 'didManagerFind'))).toMatch(/ip_denied|credentials_invalid/)
      const operator = await context.operator()
      const from = (ip?: string) =>
        operator.execute<object, object>('apiKeyManagerVerify', { token, ...(ip && { ip }) })
      for (const ip of ['192.0.2.9', '::ffff:192.0.2.9', '2001:db8::5']) {
        expect(await from(ip)).toMatchObject({ valid: true })
      }
      for (const ip of [undefined, '192.0.3.1', '::1', 'localhost']) {
        expect(await from(ip)).toMatchObject({ valid: false, code: 'ip_denied' })
      }
    })

    it('counts what a key is used for', async () => {
      const { agent } = await newCustomer(context)
      const { apiKey, token } = await agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', {
        ...{ name: 'counted', permissions: ['didManager*'] },
      })
      const caller = await context.agentFor(token)
      for (let count = 0; count < 3; count += 1) await caller.execute('didManagerFind', {})
      expect(await refusalOf(caller.execute('accountManagerGet', {}))).toMatch(/^permission_denied: /)
      const usage = await agent.execute<object, ApiKeyUsage>('apiKeyManagerGetUsage', { keyId: apiKey.keyId })
      expect(usage.keyId).toBe(apiKey.keyId)
      expect(usage.items.map(({ method, outcome, count }) => [method, outcome, count])).toEqual([
        ['accountManagerGet', 'permission_denied', 1],
        ['didManagerFind', 'allowed', 3],
      ])
      const shown = await agent.execute<object, ApiKey>('apiKeyManagerGet', { keyId: apiKey.keyId })
      expect(Date.parse(shown.lastUsedAt ?? '')).toBeGreaterThan(Date.parse(apiKey.createdAt) - 1)
    })

    it('tells a customer what was changed of its keys, and not with which key of an operator', async () => {
      const { agent, account } = await newCustomer(context)
      const { customerId } = account
      const operator = await context.operator()
      const { apiKey } = await operator.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', {
        ...{ customerId, name: 'given' },
      })
      const { keyId } = apiKey
      await agent.execute('apiKeyManagerUpdate', { keyId, name: 'taken' })
      await operator.execute('apiKeyManagerRevoke', { keyId, reason: 'lost' })
      const seen = await operator.execute<object, ApiKeyAuditLogPage>('apiKeyManagerListAuditLog', { keyId })
      expect(seen.items.map(({ action, actor, reason }) => [action, actor.role, reason])).toEqual([
        ['revoke', 'operator', 'lost'],
        ['update', 'customer', null],
        ['create', 'operator', null],
      ])
      expect(seen.items[1]).toMatchObject({ customerId, keyId, before: { name: 'given' }, after: { name: 'taken' } })
      expect(seen.items.every(({ actor }) => typeof actor.keyId === 'string')).toBe(true)
      const own = await agent.execute<object, ApiKeyAuditLogPage>('apiKeyManagerListAuditLog', { keyId })
      expect(own.items.map(({ actor }) => actor.keyId !== null)).toEqual([false, true, false])
      const first = await agent.execute<object, ApiKeyAuditLogPage>('apiKeyManagerListAuditLog', { limit: 1 })
      expect(first.items).toEqual(own.items.slice(0, 1))
      const next = { limit: 1, cursor: first.nextCursor }
      const second = await agent.execute<object, ApiKeyAuditLogPage>('apiKeyManagerListAuditLog', next)
      expect(second.items).toEqual(own.items.slice(1, 2))
      const { agent: stranger } = await newCustomer(context)
      for (const args of [{ keyId }, { customerId }]) {
        expect(await refusalOf(stranger.execute('apiKeyManagerListAuditLog', args))).toMatch(/^not_found: /)
      }
      const odd = agent.execute('apiKeyManagerListAuditLog', { from: 'monday' })
      expect(await refusalOf(odd)).toMatch(/^invalid_argument: /)
    })

    it('finds keys by status, environment and name', async () => {
      const { agent } = await newCustomer(context)
      const make = (args: object) => agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', args)
      const off = await make({ name: 'CI 50% builds' })
      await agent.execute('apiKeyManagerUpdate', { keyId: off.apiKey.keyId, enabled: false })
      const gone = await make({ name: 'ci_release' })
      await agent.execute('apiKeyManagerRevoke', { keyId: gone.apiKey.keyId })
      const namesOf = async (args: object) =>
        (await agent.execute<object, ApiKeyPage>('apiKeyManagerList', args)).items.map(({ name }) => name)
      expect(await namesOf({ status: 'disabled' })).toEqual(['CI 50% builds'])
      expect(await namesOf({ status: 'revoked' })).toEqual(['ci_release'])
      expect(await namesOf({ status: 'active' })).toEqual(['default'])
      expect(await namesOf({ name: 'ci' })).toEqual(['CI 50% builds', 'ci_release'])
      expect(await namesOf({ name: '0%' })).toEqual(['CI 50% builds'])
      expect(await namesOf({ name: 'i_r', environment: 'live' })).toEqual(['ci_release'])
      expect(await namesOf({ environment: 'test' })).toEqual([])
      expect(await refusalOf(namesOf({ status: 'lost' }))).toMatch(/^invalid_argument: /)
    })

    it('gives a key a bundle of permissions by its name', async () => {
      const { agent } = await newCustomer(context)
      const { apiKey, token } = await agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', {
        ...{ name: 'reader', permissions: ['read'] },
      })
      expect(apiKey.permissions).toEqual(['read'])
      expect(await useOf(token, 'didManagerFind')).toEqual([])
      expect(await refusalOf(useOf(token, 'didManagerCreate'))).toMatch(/^permission_denied: .*didManagerCreate/)
      const issuer = agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', {
        ...{ name: 'maker', permissions: ['read', 'apiKeyManagerCreate'] },
      })
      const maker = await context.agentFor((await issuer).token)
      const beyond = maker.execute('apiKeyManagerCreate', { name: 'beyond', permissions: ['issuer'] })
      expect(await refusalOf(beyond)).toMatch(/^permission_denied: /)
    })

    it('lets whoever holds a token end it, and no other key without the permission', async () => {
      const { agent } = await newCustomer(context)
      const make = () =>
        agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', {
          ...{ name: 'narrow', permissions: ['didManagerFind'] },
        })
      const [own, other] = [await make(), await make()]
      const holder = await context.agentFor(own.token)
      const others = holder.execute('apiKeyManagerRevoke', { keyId: other.apiKey.keyId })
      expect(await refusalOf(others)).toMatch(/^permission_denied: .*apiKeyManagerRevoke/)
      const ended = await holder.execute<object, ApiKey>('apiKeyManagerRevoke', { keyId: own.apiKey.keyId })
      expect(ended.status).toBe('revoked')
      expect(await refusalOf(holder.execute('didManagerFind', {}))).toMatch(
        /^(permission_denied|credentials_invalid): /,
      )
      expect(await useOf(other.token, 'didManagerFind')).toEqual([])
    })

    it('ends keys whose tokens an operator reports, and no customer can', async () => {
      const { agent } = await newCustomer(context)
      const { apiKey, token } = await agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', {
        name: 'leaked',
      })
      const reports = [{ token }, { hash: '0'.repeat(64) }]
      const asCustomer = agent.execute('apiKeyManagerReportLeak', { reports })
      expect(await refusalOf(asCustomer)).toMatch(/^permission_denied: /)
      const operator = await context.operator()
      expect(await operator.execute('apiKeyManagerReportLeak', { reports })).toEqual({
        items: [
          { keyId: apiKey.keyId, customerId: apiKey.customerId, revoked: true },
          { keyId: null, customerId: null, revoked: false },
        ],
      })
      expect(await refusalOf(useOf(token, 'didManagerFind'))).toMatch(/revoked|credentials_invalid/)
    })

    async function useOf(token: string, method: string): Promise<unknown> {
      return (await context.agentFor(token)).execute(method, {})
    }
  })
}
