import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { runAsPrincipal, runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { IAgentPlugin } from '@veramo/core'
import type { ApiKeyManagerGetUsageArgs } from '../index.js'
import { ApiKeyAuditRow } from '../typeorm/api-key-audit-row.js'
import { ApiKeyUsageRow } from '../typeorm/api-key-usage-row.js'
import { API_KEY_EVENTS } from '../index.js'
import { errorOf, NOW, openStudio, pepperOf, principalOf, type Studio } from './studio.js'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

describeOnEachDatabase('the use of keys', (fresh) => {
  let studio: Studio
  let url: string
  let heard: { type: string; data: Record<string, unknown> }[]

  beforeEach(async () => {
    url = await fresh()
    heard = []
    const listener: IAgentPlugin = {
      eventTypes: [...API_KEY_EVENTS],
      onEvent: async ({ type, data }: { type: string; data: Record<string, unknown> }) =>
        void heard.push({ type, data }),
    }
    studio = await openStudio(url, { plugins: [listener] })
  })

  afterEach(async () => {
    jest.useRealTimers()
    await studio.database.close()
  })

  const call = async (token: string, method?: string) =>
    (await studio.agent.apiKeyManagerVerify({ token, ...(method && { method }) })).code
  const usage = (args: ApiKeyManagerGetUsageArgs) => studio.agent.apiKeyManagerGetUsage(args)

  it('is counted by hour and day, by method and outcome', async () => {
    const rateLimits = [{ name: 'one', limit: 1, windowMs: HOUR_MS, scope: 'local' as const, methods: ['resolveDid'] }]
    const made = await studio.create({ customerId: 'alice', name: 'key', permissions: ['resolveDid'], rateLimits })
    const { keyId } = made.apiKey
    await call(made.token, 'resolveDid')
    await call(made.token, 'resolveDid')
    await call(made.token, 'apiKeyManagerList')
    await call(made.token, 'no method of anybody')
    studio.clock.advanceMs(HOUR_MS)
    await call(made.token, 'resolveDid')
    await studio.agent.apiKeyManagerUpdate({ keyId, enabled: false })
    await call(made.token)
    expect((await usage({ keyId, granularity: 'hour' })).items).toEqual([
      { start: '2030-03-01T12:00:00.000Z', method: '*', outcome: 'permission_denied', count: 1 },
      { start: '2030-03-01T12:00:00.000Z', method: 'apiKeyManagerList', outcome: 'permission_denied', count: 1 },
      { start: '2030-03-01T12:00:00.000Z', method: 'resolveDid', outcome: 'allowed', count: 1 },
      { start: '2030-03-01T12:00:00.000Z', method: 'resolveDid', outcome: 'rate_limited', count: 1 },
      { start: '2030-03-01T13:00:00.000Z', method: '*', outcome: 'disabled', count: 1 },
      { start: '2030-03-01T13:00:00.000Z', method: 'resolveDid', outcome: 'allowed', count: 1 },
    ])
    const daily = await usage({ keyId })
    expect(daily.keyId).toBe(keyId)
    expect(daily.items).toContainEqual({
      ...{ start: '2030-03-01T00:00:00.000Z', method: 'resolveDid', outcome: 'allowed', count: 2 },
    })
    const later = await usage({ keyId, from: '2030-03-01T13:00:00Z', granularity: 'hour' })
    expect(later.items.map(({ start }) => start)).toEqual(new Array(2).fill('2030-03-01T13:00:00.000Z'))
    expect((await usage({ keyId, from: '2030-01-01T00:00:00Z', to: '2030-02-01T00:00:00Z' })).items).toEqual([])
  })

  it('is told to the owner of the key alone', async () => {
    const { apiKey } = await studio.create({ customerId: 'alice', name: 'key' })
    const { keyId } = apiKey
    expect(await runInTenant('alice', () => usage({ keyId }))).toEqual({ keyId, items: [] })
    expect(await errorOf(runInTenant('bob', () => usage({ keyId })))).toMatchObject({ code: 'not_found' })
    for (const args of [{ from: 'monday' }, { from: '2030-02-01T00:00:00Z', to: '2030-01-01T00:00:00Z' }]) {
      expect(await errorOf(usage({ keyId, ...args }))).toMatchObject({ code: 'invalid_argument' })
    }
    const odd = usage({ keyId, granularity: 'week' as 'day' })
    expect(await errorOf(odd)).toMatchObject({ code: 'invalid_argument' })
  })

  it.each([undefined, 'resolveDid'])('writes one row at most for 10,000 verifications (method %s)', async (method) => {
    const { token, apiKey } = await studio.create({ customerId: 'alice', name: 'key' })
    const rows = async () =>
      studio.database.read(
        async (manager) => {
          const keys: unknown[] = await manager.query('SELECT * FROM studio_api_key')
          return [...keys, ...(await manager.find(ApiKeyUsageRow))].map((row) => JSON.stringify(row))
        },
        { acrossTenants: true },
      )
    const before = await rows()
    const write = jest.spyOn(studio.database, 'write')
    for (let count = 0; count < 10_000; count += 1) await call(token, method)
    expect(write).not.toHaveBeenCalled()
    expect((await studio.agent.apiKeyManagerGet({ keyId: apiKey.keyId })).lastUsedAt).toBe(NOW.toISOString())
    await usage({ keyId: apiKey.keyId })
    expect(write).toHaveBeenCalledTimes(1)
    const after = await rows()
    expect(after.filter((row) => !before.includes(row))).toHaveLength(1)
    expect((await studio.agent.apiKeyManagerList({ customerId: 'alice' })).items[0]?.lastUsedAt).toBe(NOW.toISOString())
  })

  it('is saved when the database is closed, and added up with what others saved', async () => {
    const { token, apiKey } = await studio.create({ customerId: 'alice', name: 'key' })
    const other = await openStudio(url)
    for (const { agent } of [studio, studio, other]) await agent.apiKeyManagerVerify({ token, method: 'resolveDid' })
    await Promise.all([studio.database.close(), other.database.close()])
    studio = await openStudio(url)
    const { items } = await usage({ keyId: apiKey.keyId })
    expect(items).toEqual([{ start: '2030-03-01T00:00:00.000Z', method: 'resolveDid', outcome: 'allowed', count: 3 }])
    const { lastUsedAt } = await studio.agent.apiKeyManagerGet({ keyId: apiKey.keyId })
    expect(lastUsedAt).toBe(NOW.toISOString())
  })

  it('is counted on where it could not be saved', async () => {
    const { token, apiKey } = await studio.create({ customerId: 'alice', name: 'key' })
    await call(token, 'resolveDid')
    const broken = jest.spyOn(studio.database, 'write').mockRejectedValueOnce(new Error('full'))
    await expect(usage({ keyId: apiKey.keyId })).rejects.toThrow('was not saved')
    broken.mockRestore()
    await call(token, 'resolveDid')
    expect((await usage({ keyId: apiKey.keyId })).items).toMatchObject([{ count: 2 }])
  })

  it('is told in events: made, changed, rotated, revoked, limited; and when an end is near, once', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] })
    const rateLimits = [{ name: 'one', limit: 1, windowMs: HOUR_MS, scope: 'local' as const, methods: ['*'] }]
    const expiresAt = '2030-03-05T00:00:00Z'
    const { token, apiKey } = await studio.create({ customerId: 'alice', name: 'key', rateLimits, expiresAt })
    const { keyId } = apiKey
    await call(token, 'resolveDid')
    await call(token, 'resolveDid')
    await studio.agent.apiKeyManagerUpdate({ keyId, name: 'new' })
    jest.advanceTimersByTime(MINUTE_MS)
    for (let turn = 0; turn < 200 && heard.every(({ type }) => type !== 'apiKeyExpiring'); turn += 1) {
      await new Promise((resolve) => setImmediate(resolve))
      await studio.agent.apiKeyManagerList({ customerId: 'alice' })
    }
    const rotated = await studio.agent.apiKeyManagerRotate({ keyId })
    await studio.agent.apiKeyManagerRevoke({ keyId: rotated.apiKey.keyId })
    expect(heard.map(({ type }) => type)).toEqual([
      ...['apiKeyCreated', 'apiKeyLimitReached', 'apiKeyUpdated', 'apiKeyExpiring', 'apiKeyRotated', 'apiKeyRevoked'],
    ])
    expect(heard[1]?.data).toMatchObject({ keyId, customerId: 'alice', method: 'resolveDid', retryAfterMs: HOUR_MS })
    expect(heard[4]?.data).toMatchObject({ apiKey: { rotatedFrom: keyId }, replaced: { keyId } })
    expect(JSON.stringify(heard)).not.toContain(token.slice(25))
  })

  it('leaves an audit of every change: who, what, before and after, and no secret', async () => {
    const operator = await principalOf(studio, { customerId: 'operator', name: 'boss' })
    const { apiKey, token } = await studio.create({ customerId: 'alice', name: 'key' }, operator)
    const { keyId } = apiKey
    await runInTenant('alice', () => studio.agent.apiKeyManagerUpdate({ keyId, name: 'new' }))
    const rotated = await runAsPrincipal(operator, () => studio.agent.apiKeyManagerRotate({ keyId }))
    await studio.agent.apiKeyManagerRevoke({ keyId: rotated.apiKey.keyId, reason: 'lost' })
    const refused = studio.agent.apiKeyManagerUpdate({ keyId: rotated.apiKey.keyId, name: 'late' })
    expect(await errorOf(refused)).toMatchObject({ code: 'api_key_revoked' })
    const rows = await studio.database.read((manager) => manager.findBy(ApiKeyAuditRow, { tenantId: 'alice' }), {
      acrossTenants: true,
    })
    const told = rows.map((row) => [row.action, row.keyId, row.actorRole, row.actorKeyId])
    expect(told.sort()).toEqual(
      [
        ['create', keyId, 'operator', operator.keyId],
        ['update', keyId, 'service', null],
        ['rotate', keyId, 'operator', operator.keyId],
        ['create', rotated.apiKey.keyId, 'operator', operator.keyId],
        ['revoke', rotated.apiKey.keyId, 'service', null],
      ].sort(),
    )
    const updated = rows.find(({ action }) => action === 'update')
    expect(JSON.parse(updated?.before ?? '')).toMatchObject({ name: 'key' })
    expect(JSON.parse(updated?.after ?? '')).toMatchObject({ name: 'new' })
    const kept = JSON.stringify(rows)
    for (const secret of [token.slice(25), rotated.token.slice(25), pepperOf(1).export().toString('hex')]) {
      expect(kept).not.toContain(secret)
    }
    expect(kept).not.toMatch(/"hash/)
  })
})
