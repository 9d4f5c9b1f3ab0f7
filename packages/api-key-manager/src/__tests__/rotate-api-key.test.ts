import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { runAsPrincipal, runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { ApiKeyManagerCreateResult, ApiKeyManagerRotateArgs } from '../index.js'
import { errorOf, openStudio, principalOf, type Studio } from './studio.js'

describeOnEachDatabase('apiKeyManagerRotate', (fresh) => {
  let studio: Studio
  let first: ApiKeyManagerCreateResult

  beforeEach(async () => {
    studio = await openStudio(await fresh())
    first = await studio.create({
      ...{ customerId: 'alice', name: 'key', description: 'd', environment: 'test', network: 'testnet' },
      ...{ permissions: ['didManager*'], expiresAt: '2030-03-11T12:00:00Z', allowedIps: ['::1'] },
    })
  })

  afterEach(() => studio.database.close())

  const rotate = (args: Partial<ApiKeyManagerRotateArgs> = {}) =>
    studio.agent.apiKeyManagerRotate({ keyId: first.apiKey.keyId, ...args })
  const codeOf = async (token: string) => (await studio.agent.apiKeyManagerVerify({ token, ip: '::1' })).code

  it('makes a key like the old one, with a token of its own, that lasts as long', async () => {
    studio.clock.advanceMs(3_600_000)
    const { apiKey, token } = await rotate()
    expect(apiKey).toEqual({
      ...first.apiKey,
      keyId: apiKey.keyId,
      start: `vs_test_${apiKey.keyId}`,
      createdAt: '2030-03-01T13:00:00.000Z',
      expiresAt: '2030-03-11T13:00:00.000Z',
      rotatedFrom: first.apiKey.keyId,
    })
    expect(token.startsWith(`${apiKey.start}_`)).toBe(true)
    expect([await codeOf(token), await codeOf(first.token)]).toEqual(['valid', 'expired'])
  })

  it('lets the old token answer until the overlap ends, and never past its own end', async () => {
    const { token } = await rotate({ overlapSeconds: 60 })
    studio.clock.advanceMs(59_999)
    expect([await codeOf(token), await codeOf(first.token)]).toEqual(['valid', 'valid'])
    studio.clock.advanceMs(1)
    expect([await codeOf(token), await codeOf(first.token)]).toEqual(['valid', 'expired'])
    const short = await studio.create({ customerId: 'alice', name: 'short', expiresAt: '2030-03-01T12:01:30Z' })
    await studio.agent.apiKeyManagerRotate({ keyId: short.apiKey.keyId, overlapSeconds: 3600 })
    const { expiresAt } = await studio.agent.apiKeyManagerGet({ keyId: short.apiKey.keyId })
    expect(expiresAt).toBe('2030-03-01T12:01:30.000Z')
  })

  it('keeps one root over a chain of rotations', async () => {
    const second = await rotate()
    const third = await studio.agent.apiKeyManagerRotate({ keyId: second.apiKey.keyId })
    expect(third.apiKey.rotatedFrom).toBe(second.apiKey.keyId)
    const { principal } = await studio.agent.apiKeyManagerVerify({ token: third.token, ip: '::1' })
    expect(principal).toMatchObject({ keyId: third.apiKey.keyId, rootKeyId: first.apiKey.keyId })
  })

  it('replaces a key once, also where many try at once', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => rotate({ overlapSeconds: 60 })))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await errorOf(rotate())).toMatchObject({ code: 'api_key_rotated', status: 409 })
    const later = studio.agent.apiKeyManagerUpdate({ keyId: first.apiKey.keyId, expiresAt: '2031-01-01T00:00:00Z' })
    expect(await errorOf(later)).toMatchObject({ code: 'api_key_rotated', status: 409 })
    const { items } = await studio.agent.apiKeyManagerList({ customerId: 'alice' })
    expect(items).toHaveLength(2)
  })

  it('refuses a key that is revoked or has expired', async () => {
    studio.clock.set(new Date('2030-03-11T12:00:00Z'))
    expect(await errorOf(rotate())).toMatchObject({ code: 'conflict', status: 409 })
    await studio.agent.apiKeyManagerRevoke({ keyId: first.apiKey.keyId })
    expect(await errorOf(rotate())).toMatchObject({ code: 'api_key_revoked', status: 409 })
  })

  it('refuses an overlap that is none, and another customer', async () => {
    for (const overlapSeconds of [-1, 0.5, 2_592_001, '60' as unknown as number]) {
      expect(await errorOf(rotate({ overlapSeconds }))).toMatchObject({ code: 'invalid_argument', status: 400 })
    }
    const others = runInTenant('bob', () => rotate())
    expect(await errorOf(others)).toMatchObject({ message: 'not_found: API key not found' })
    expect(await codeOf(first.token)).toBe('valid')
  })

  it('lets a key rotate itself, not beyond its own end, and none that may do more', async () => {
    const own = await studio.create({ customerId: 'alice', name: 'own', permissions: ['apiKeyManagerRotate'] })
    const { principal } = await studio.agent.apiKeyManagerVerify({ token: own.token })
    if (principal === undefined) throw new Error('not valid')
    studio.clock.advanceMs(3_600_000)
    const next = await runAsPrincipal(principal, () =>
      studio.agent.apiKeyManagerRotate({ keyId: principal.keyId, overlapSeconds: 5 }),
    )
    expect(next.apiKey.expiresAt).toBe(own.apiKey.expiresAt)
    const wide = await studio.create({ customerId: 'alice', name: 'wide' })
    const beyond = runAsPrincipal(principal, () => studio.agent.apiKeyManagerRotate({ keyId: wide.apiKey.keyId }))
    expect(await errorOf(beyond)).toMatchObject({ code: 'permission_denied', extensions: { permission: '*' } })
    const operator = await principalOf(studio, { customerId: 'operator', name: 'free' })
    const freely = await runAsPrincipal(operator, () =>
      studio.agent.apiKeyManagerRotate({ keyId: wide.apiKey.keyId, customerId: 'alice' }),
    )
    expect(freely.apiKey).toMatchObject({ customerId: 'alice', rotatedFrom: wide.apiKey.keyId })
  })
})
