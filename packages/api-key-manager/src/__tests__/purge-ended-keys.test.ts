import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { ApiKeyManager } from '../index.js'
import { openStudio, pepperOf, type Studio, type StudioOptions } from './studio.js'

const DAY_MS = 24 * 3_600_000
const MINUTE_MS = 60_000

describeOnEachDatabase('keys that have ended', (fresh) => {
  let studio: Studio
  let url: string

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] })
    url = await fresh()
    await open({ retentionDays: 30 })
  })

  afterEach(async () => {
    jest.useRealTimers()
    await studio.database.close()
  })

  const open = async (options: StudioOptions) => {
    studio = await openStudio(url, options)
  }
  const make = (name: string, expiresAt = '2030-03-05T00:00:00Z') =>
    studio.create({
      ...{ customerId: 'alice', name, expiresAt },
      rateLimits: [{ name: 'all', limit: 9, windowMs: 1000, scope: 'strict', methods: ['*'] }],
    })
  const codeOf = async (token: string) => (await studio.agent.apiKeyManagerVerify({ token, method: 'resolveDid' })).code
  const names = async () =>
    (await studio.agent.apiKeyManagerList({ customerId: 'alice' })).items.map(({ name }) => name).sort()
  const count = async (table: string, keyId: string) => {
    const column = table === 'budget' ? 'budgetId' : 'keyId'
    const sql = `SELECT 1 FROM studio_api_key_${table} WHERE "${column}" = '${keyId}'`
    return (await studio.database.readRows(sql, [], { acrossTenants: true })).length
  }

  /** Lets the minute pass after which a process in which keys are used keeps house. */
  const keepHouse = async (isDone: () => Promise<boolean>) => {
    const { token } = await studio.create({ customerId: 'bob', name: 'used', expiresAt: '2035-01-01T00:00:00Z' })
    await codeOf(token)
    await jest.advanceTimersByTimeAsync(MINUTE_MS)
    for (let turn = 0; turn < 500 && !(await isDone()); turn += 1) {
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  it('are kept for as long as they are to be, and deleted after, with their usage and budgets', async () => {
    await make('earlier', '2030-03-01T12:00:01Z')
    studio.clock.advanceMs(DAY_MS)
    const [revoked, expired, active] = [
      await make('revoked'),
      await make('expired'),
      await make('on', '2032-01-01T00:00Z'),
    ]
    for (const { token } of [revoked, expired, active]) expect(await codeOf(token)).toBe('valid')
    await studio.agent.apiKeyManagerGetUsage({ keyId: revoked.apiKey.keyId })
    await studio.agent.apiKeyManagerRevoke({ keyId: revoked.apiKey.keyId })
    studio.clock.advanceMs(30 * DAY_MS)
    await keepHouse(async () => !(await names()).includes('earlier'))
    expect(await names()).toEqual(['expired', 'on', 'revoked'])
    expect(await codeOf(revoked.token)).toBe('revoked')
    expect(await count('budget', revoked.apiKey.keyId)).toBe(1)

    studio.clock.advanceMs(1)
    await keepHouse(async () => !(await names()).includes('revoked'))
    expect(await names()).toEqual(['expired', 'on'])
    expect(await codeOf(revoked.token)).toBe('unknown')
    for (const table of ['usage', 'budget'])
      expect([table, await count(table, revoked.apiKey.keyId)]).toEqual([table, 0])
    expect(await count('budget', expired.apiKey.keyId)).toBe(1)

    studio.clock.advanceMs(3 * DAY_MS)
    await keepHouse(async () => !(await names()).includes('expired'))
    expect(await names()).toEqual(['on'])
    expect(await codeOf(active.token)).toBe('valid')
  })

  it('leave their audit log', async () => {
    const { apiKey } = await make('revoked')
    const { keyId } = apiKey
    await studio.agent.apiKeyManagerRevoke({ keyId })
    studio.clock.advanceMs(31 * DAY_MS)
    await keepHouse(async () => (await names()).length === 0)
    expect(await names()).toEqual([])
    const { items } = await studio.agent.apiKeyManagerListAuditLog({ keyId })
    expect(items.map(({ action }) => action)).toEqual(['revoke', 'create'])
  })

  it('leave the budget to the keys that took their place', async () => {
    const first = await make('key', '2032-01-01T00:00:00Z')
    const { keyId } = first.apiKey
    expect(await codeOf(first.token)).toBe('valid')
    const second = await studio.agent.apiKeyManagerRotate({ keyId })
    studio.clock.advanceMs(31 * DAY_MS)
    const isGone = async () => !(await names()).includes('key') || (await names()).length === 1
    await keepHouse(isGone)
    expect(await names()).toEqual(['key'])
    expect(await count('budget', keyId)).toBe(1)
    await studio.agent.apiKeyManagerRevoke({ keyId: second.apiKey.keyId })
    studio.clock.advanceMs(31 * DAY_MS)
    await keepHouse(async () => (await names()).length === 0)
    expect(await names()).toEqual([])
    expect(await count('budget', keyId)).toBe(0)
  })

  it.each([0, -1, 1.5, Number.NaN])('are not kept for %s days', (retentionDays) => {
    const { database } = studio
    expect(() => new ApiKeyManager({ database, pepper: pepperOf(1), retentionDays })).toThrow('retentionDays')
  })
})
