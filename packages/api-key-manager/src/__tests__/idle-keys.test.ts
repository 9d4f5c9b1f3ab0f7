import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import type { IAgentPlugin } from '@veramo/core'
import { runAsPrincipal } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { ApiKeyManager, keyCallsOf, type ApiKey, type ApiKeyStatus } from '../index.js'
import { errorOf, NOW, openStudio, pepperOf, type Studio, type StudioOptions } from './studio.js'

const DAY_MS = 24 * 3_600_000
const MINUTE_MS = 60_000

describeOnEachDatabase('keys that nobody uses', (fresh) => {
  let studio: Studio
  let url: string
  let warned: ApiKey[]

  beforeEach(async () => {
    url = await fresh()
    warned = []
    studio = await open()
  })

  afterEach(async () => {
    jest.useRealTimers()
    await studio.database.close()
  })

  const open = (options: StudioOptions = { idleDays: 30, idleWarningDays: 5 }) => {
    const listener: IAgentPlugin = {
      eventTypes: ['apiKeyIdle'],
      onEvent: async ({ data }: { type: string; data: { apiKey: ApiKey } }) => void warned.push(data.apiKey),
    }
    return openStudio(url, { plugins: [listener], ...options })
  }
  /** As after a restart, at the time that it is. */
  const reopen = async (options?: StudioOptions) => {
    const elapsedMs = studio.clock.now().getTime() - NOW.getTime()
    await studio.database.close()
    studio = await open(options)
    studio.clock.advanceMs(elapsedMs)
  }
  const make = (name = 'key') => studio.create({ customerId: 'alice', name, expiresAt: '2035-01-01T00:00:00Z' })
  const codeOf = async (token: string, method?: string) =>
    (await studio.agent.apiKeyManagerVerify({ token, ...(method && { method }) })).code
  const namesOf = async (status: ApiKeyStatus) =>
    (await studio.agent.apiKeyManagerList({ customerId: 'alice', status })).items.map(({ name }) => name).sort()

  it('never expire of that by default', async () => {
    await reopen({})
    const { token } = await make()
    studio.clock.advanceMs(1000 * DAY_MS)
    expect(await codeOf(token)).toBe('valid')
  })

  it.each([undefined, 'resolveDid'])(
    'expire at the very instant, also where they were kept in memory (%s)',
    async (method) => {
      const [unused, used] = [await make('unused'), await make('used')]
      studio.clock.advanceMs(10 * DAY_MS)
      expect(await codeOf(used.token, method)).toBe('valid')
      studio.clock.advanceMs(20 * DAY_MS - 1)
      expect([await namesOf('active'), await namesOf('expired')]).toEqual([['unused', 'used'], []])
      studio.clock.advanceMs(1)
      expect([await namesOf('active'), await namesOf('expired')]).toEqual([['used'], ['unused']])
      expect(await codeOf(unused.token, method)).toBe('expired')
      studio.clock.advanceMs(10 * DAY_MS - 1)
      expect(await codeOf(used.token, method)).toBe('valid')
      studio.clock.advanceMs(30 * DAY_MS)
      expect(await codeOf(used.token, method)).toBe('expired')
      const { keyId } = used.apiKey
      expect(await studio.agent.apiKeyManagerGet({ keyId })).toMatchObject({ status: 'expired' })
      expect(await errorOf(studio.agent.apiKeyManagerRotate({ keyId }))).toMatchObject({ code: 'conflict' })
      expect(await studio.agent.apiKeyManagerUpdate({ keyId, enabled: true })).toMatchObject({ status: 'expired' })
      expect(await codeOf(used.token, method)).toBe('expired')
    },
  )

  it('expire at the very instant after a restart', async () => {
    const { token } = await make()
    studio.clock.advanceMs(10 * DAY_MS)
    expect(await codeOf(token, 'resolveDid')).toBe('valid')
    studio.clock.advanceMs(30 * DAY_MS - 1)
    await reopen()
    expect(await namesOf('active')).toEqual(['key'])
    studio.clock.advanceMs(1)
    await reopen()
    expect(await codeOf(token)).toBe('expired')
    expect(await namesOf('expired')).toEqual(['key'])
  })

  it('are kept awake by their use in another process', async () => {
    const { token, apiKey } = await make()
    expect(await codeOf(token)).toBe('valid')
    const other = await open()
    other.clock.advanceMs(20 * DAY_MS)
    expect((await other.agent.apiKeyManagerVerify({ token, method: 'resolveDid' })).code).toBe('valid')
    await other.database.close()
    studio.clock.advanceMs(40 * DAY_MS)
    expect(await codeOf(token)).toBe('valid')
    expect(await studio.agent.apiKeyManagerGet({ keyId: apiKey.keyId })).toMatchObject({ status: 'active' })
  })

  it('make no more calls for a caller that was authenticated before', async () => {
    const { token } = await make()
    const { principal } = await studio.agent.apiKeyManagerVerify({ token })
    if (principal === undefined) throw new Error('a new key is not valid')
    const admit = async () =>
      (await keyCallsOf(studio.agent)?.admit(principal, { method: 'resolveDid', agent: studio.agent }))?.code
    studio.clock.advanceMs(29 * DAY_MS)
    expect(await admit()).toBe('valid')
    studio.clock.advanceMs(29 * DAY_MS)
    expect(await admit()).toBe('valid')
    studio.clock.advanceMs(30 * DAY_MS)
    expect(await admit()).toBe('expired')
    const own = runAsPrincipal(principal, () => studio.agent.apiKeyManagerGet({ keyId: principal.keyId }))
    expect(await own).toMatchObject({ status: 'expired' })
  })

  it('are warned of once before, and again where they were used since', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] })
    const [unused, used] = [await make('unused'), await make('used')]
    const keepHouse = async (count: number) => {
      // Not a sign of life of either: of a key of another customer.
      const busy = await studio.create({ customerId: 'bob', name: 'busy', expiresAt: '2035-01-01T00:00:00Z' })
      await codeOf(busy.token)
      await jest.advanceTimersByTimeAsync(MINUTE_MS)
      for (let turn = 0; turn < 200 && warned.length < count; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve))
        await namesOf('active')
      }
    }
    studio.clock.advanceMs(25 * DAY_MS - 1)
    expect(await codeOf(used.token)).toBe('valid')
    studio.clock.advanceMs(1)
    await keepHouse(1)
    expect(warned.map(({ keyId }) => keyId)).toEqual([unused.apiKey.keyId])
    expect(warned[0]).toMatchObject({ status: 'active', lastUsedAt: null })
    studio.clock.advanceMs(1000)
    expect(await codeOf(unused.token)).toBe('valid')
    jest.useRealTimers()
    await reopen()
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] })
    studio.clock.advanceMs(25 * DAY_MS)
    await keepHouse(4)
    expect(warned.map(({ name }) => name).sort()).toEqual(['busy', 'unused', 'unused', 'used'])
  })

  it.each([{ idleDays: 0 }, { idleDays: 1.5 }, { idleDays: 1e6 }, { idleDays: 9, idleWarningDays: 0 }])(
    'are not counted in %j',
    (options) => {
      const { database } = studio
      expect(() => new ApiKeyManager({ database, pepper: pepperOf(1), ...options })).toThrow('setting_invalid')
    },
  )
})
