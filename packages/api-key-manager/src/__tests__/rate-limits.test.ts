import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { ApiKeyRateLimit } from '../index.js'
import { openStudio, type Studio } from './studio.js'

const WINDOW_MS = 60_000
const limitOf = (other: Partial<ApiKeyRateLimit> = {}): ApiKeyRateLimit => ({
  ...{ name: 'burst', limit: 3, windowMs: WINDOW_MS, scope: 'strict', methods: ['*'] },
  ...other,
})

describeOnEachDatabase('rate limits of a key', (fresh) => {
  let studio: Studio
  let url: string

  beforeEach(async () => {
    url = await fresh()
    studio = await openStudio(url, {
      customerRateLimits: [limitOf({ name: 'customer', limit: 5, methods: ['did*'] })],
      callCosts: { createVerifiableCredential: 2 },
    })
  })

  afterEach(async () => {
    jest.restoreAllMocks()
    await studio.database.close()
  })

  const make = (rateLimits: ApiKeyRateLimit[], customerId = 'alice') =>
    studio.create({ customerId, name: 'key', rateLimits })
  const call = (token: string, method = 'resolveDid') => studio.agent.apiKeyManagerVerify({ token, method })
  const codes = async (token: string, count: number, method?: string) => {
    const found: string[] = []
    for (let made = 0; made < count; made += 1) found.push((await call(token, method)).code)
    return found
  }

  it.each(['strict', 'local'] as const)('tells what is left of a %s one, and when more is to be had', async (scope) => {
    const { token } = await make([limitOf({ scope })])
    expect(await call(token)).toMatchObject({
      valid: true,
      rateLimits: [{ name: 'burst', limit: 3, windowMs: WINDOW_MS, remaining: 2, resetAfterMs: 20_000 }],
    })
    expect(await codes(token, 2)).toEqual(['valid', 'valid'])
    const refused = await call(token)
    expect(refused).toMatchObject({
      valid: false,
      code: 'rate_limited',
      retryAfterMs: 20_000,
      rateLimits: [{ name: 'burst', remaining: 0 }],
      principal: { tenantId: 'alice' },
    })
    studio.clock.advanceMs(19_999)
    expect((await call(token)).code).toBe('rate_limited')
    studio.clock.advanceMs(1)
    expect(await codes(token, 2)).toEqual(['valid', 'rate_limited'])
  })

  it('are not drawn on by a verification that names no method', async () => {
    const { token } = await make([limitOf({ limit: 1 })])
    for (let count = 0; count < 5; count += 1)
      expect((await studio.agent.apiKeyManagerVerify({ token })).valid).toBe(true)
    expect(await codes(token, 2)).toEqual(['valid', 'rate_limited'])
  })

  it('are drawn on all together or not at all, strict and local ones', async () => {
    const { token } = await make([
      limitOf({ name: 'local', limit: 4, scope: 'local' }),
      limitOf({ name: 'strict', limit: 2 }),
    ])
    expect(await codes(token, 5)).toEqual(['valid', 'valid', 'rate_limited', 'rate_limited', 'rate_limited'])
    const { rateLimits } = await call(token)
    expect(rateLimits).toMatchObject([
      { name: 'local', remaining: 2 },
      { name: 'strict', remaining: 0 },
    ])
  })

  it('count the methods that they name, at what these cost', async () => {
    const { token } = await make([limitOf({ limit: 4, methods: ['createVerifiable*'] })])
    expect(await codes(token, 6)).toEqual(new Array(6).fill('valid'))
    expect(await codes(token, 3, 'createVerifiableCredential')).toEqual(['valid', 'valid', 'rate_limited'])
    expect((await call(token)).rateLimits).toBeUndefined()
  })

  it('of a customer hold for all its keys together, and for no other customer', async () => {
    const [first, second] = [await make([]), await make([])]
    expect(await codes(first.token, 3, 'didManagerFind')).toEqual(['valid', 'valid', 'valid'])
    expect(await codes(second.token, 3, 'didManagerFind')).toEqual(['valid', 'valid', 'rate_limited'])
    const other = await make([], 'bob')
    expect(await codes(other.token, 1, 'didManagerFind')).toEqual(['valid'])
  })

  it('are shared by a key and the one that takes its place', async () => {
    const { token, apiKey } = await make([limitOf()])
    expect(await codes(token, 2)).toEqual(['valid', 'valid'])
    const rotated = await studio.agent.apiKeyManagerRotate({ keyId: apiKey.keyId, overlapSeconds: 600 })
    expect(await codes(rotated.token, 2)).toEqual(['valid', 'rate_limited'])
    expect(await codes(token, 1)).toEqual(['rate_limited'])
    const { principal } = await studio.agent.apiKeyManagerVerify({ token: rotated.token })
    expect(principal?.rootKeyId).toBe(apiKey.keyId)
  })

  it('are not escaped from with a key that the limited key makes or edits', async () => {
    const { token } = await make([limitOf()])
    const { principal } = await studio.agent.apiKeyManagerVerify({ token })
    if (principal === undefined) throw new Error('not valid')
    const child = await studio.create({ name: 'child' }, principal)
    expect(child.apiKey.rateLimits).toEqual([limitOf()])
    expect(await codes(child.token, 4)).toEqual(['valid', 'valid', 'valid', 'rate_limited'])
    expect(await codes(token, 1)).toEqual(['rate_limited'])
    const wider = studio.create({ name: 'wider', rateLimits: [limitOf({ limit: 100 })] }, principal)
    await expect(wider).rejects.toMatchObject({ code: 'permission_denied' })
  })

  it('of a key alone hold also while the limited key that made it calls', async () => {
    const { token } = await make([limitOf()])
    const { principal } = await studio.agent.apiKeyManagerVerify({ token })
    if (principal === undefined) throw new Error('not valid')
    const own = limitOf({ name: 'own', limit: 1 })
    const child = await studio.create({ name: 'child', rateLimits: [own] }, principal)
    expect(child.apiKey.rateLimits).toEqual([limitOf(), own])
    expect(await codes(child.token, 1)).toEqual(['valid'])
    expect(await codes(token, 1)).toEqual(['valid'])
    const other = await openStudio(url)
    const { code } = await other.agent.apiKeyManagerVerify({ token: child.token, method: 'resolveDid' })
    expect(code).toBe('rate_limited')
    await other.database.close()
  })

  it('let exactly their number through at once in one process', async () => {
    for (const scope of ['strict', 'local'] as const) {
      const { token } = await make([limitOf({ limit: 50, scope })])
      const decisions = await Promise.all(Array.from({ length: 200 }, () => call(token)))
      expect(decisions.filter(({ valid }) => valid)).toHaveLength(50)
    }
  })

  it('refuse who is over a strict one without a write each', async () => {
    const { token } = await make([limitOf({ limit: 1 })])
    expect(await codes(token, 2)).toEqual(['valid', 'rate_limited'])
    const write = jest.spyOn(studio.database, 'write')
    expect(await codes(token, 100)).toEqual(new Array(100).fill('rate_limited'))
    expect(write).not.toHaveBeenCalled()
  })

  it('are kept over a restart where they are strict', async () => {
    const url = await fresh()
    const first = await openStudio(url)
    const rateLimits = [limitOf({ limit: 1 })]
    const { token } = await runInTenant('alice', () => first.create({ name: 'key', rateLimits }))
    const verify = async (by: Studio) => (await by.agent.apiKeyManagerVerify({ token, method: 'resolveDid' })).code
    expect(await verify(first)).toBe('valid')
    await first.database.close()
    const second = await openStudio(url)
    expect(await verify(second)).toBe('rate_limited')
    await second.database.close()
  })

  it('answer no calls where the database cannot say', async () => {
    const { token } = await make([limitOf()])
    await call(token)
    jest.spyOn(studio.database, 'write').mockRejectedValueOnce(new Error('gone'))
    await expect(call(token)).rejects.toThrow('gone')
  })
})
