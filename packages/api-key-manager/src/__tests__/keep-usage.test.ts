import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { ApiKeyManager } from '../index.js'
import { NOW, openStudio, pepperOf, type Studio } from './studio.js'

const DAY_MS = 24 * 3_600_000
const MINUTE_MS = 60_000
const USAGE_DAYS = 2

describeOnEachDatabase('the usage of keys', (fresh) => {
  let studio: Studio
  let url: string

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] })
    url = await fresh()
    studio = await openStudio(url, { usageDays: USAGE_DAYS })
  })

  afterEach(async () => {
    jest.useRealTimers()
    await studio.database.close()
  })

  /** Lets the minute pass after which usage is saved, and what is too old of it is forgotten. */
  async function afterAMinute(isDone: () => Promise<boolean>): Promise<void> {
    await jest.advanceTimersByTimeAsync(MINUTE_MS)
    for (let turn = 0; turn < 500 && !(await isDone()); turn += 1) await new Promise((resolve) => setImmediate(resolve))
    expect(await isDone()).toBe(true)
  }
  const make = (name: string) => studio.create({ customerId: 'alice', name, expiresAt: '2040-01-01T00:00:00Z' })
  const use = (token: string) => studio.agent.apiKeyManagerVerify({ token, method: 'resolveDid' })

  it('shows in other processes within a minute, and when a key was last used', async () => {
    const { token, apiKey } = await make('key')
    const { keyId } = apiKey
    const seen = await make('seen')
    await use(token)
    await studio.agent.apiKeyManagerVerify({ token: seen.token })
    const other = await openStudio(url)
    const shown = async (key: string) => (await other.agent.apiKeyManagerGet({ keyId: key })).lastUsedAt
    expect([await shown(keyId), await shown(seen.apiKey.keyId)]).toEqual([null, null])
    await afterAMinute(async () => (await shown(keyId)) !== null && (await shown(seen.apiKey.keyId)) !== null)
    expect([await shown(keyId), await shown(seen.apiKey.keyId)]).toEqual([NOW.toISOString(), NOW.toISOString()])
    expect((await other.agent.apiKeyManagerGetUsage({ keyId })).items).toMatchObject([{ count: 1 }])
    await other.database.close()
  })

  it('is forgotten after the days that it is kept, but not when a key was last used', async () => {
    const [old, used] = [await make('old'), await make('used')]
    const rows = async () =>
      (await studio.database.readRows('SELECT 1 FROM studio_api_key_usage', [], { acrossTenants: true })).length
    await use(old.token)
    await afterAMinute(async () => (await rows()) === 1)
    studio.clock.advanceMs(USAGE_DAYS * DAY_MS)
    await use(used.token)
    await afterAMinute(async () => (await rows()) === 2)
    studio.clock.advanceMs(3_600_000)
    await use(used.token)
    await afterAMinute(
      async () =>
        (await studio.agent.apiKeyManagerGetUsage({ keyId: old.apiKey.keyId, from: NOW.toISOString() })).items
          .length === 0,
    )
    const from = NOW.toISOString()
    const left = await studio.agent.apiKeyManagerGetUsage({ keyId: used.apiKey.keyId, from, granularity: 'hour' })
    expect(left.items).toMatchObject([{ count: 1 }, { count: 1 }])
    expect((await studio.agent.apiKeyManagerGet({ keyId: old.apiKey.keyId })).lastUsedAt).toBe(NOW.toISOString())
  })

  it.each([0, -1, 1.5, Number.NaN])('is not kept for %s days', (usageDays) => {
    const make = () => new ApiKeyManager({ database: studio.database, pepper: pepperOf(1), usageDays })
    expect(make).toThrow('usageDays')
  })
})
