import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { runAsPrincipal, runInTenant, type Principal } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { ApiKey, ApiKeyManagerUpdateArgs } from '../index.js'
import { errorOf, NOW, openStudio, principalOf, type Studio } from './studio.js'

const LIMIT = { name: 'burst', limit: 5, windowMs: 1000, scope: 'local' as const, methods: ['*'] }

describeOnEachDatabase('apiKeyManagerUpdate', (fresh) => {
  let studio: Studio
  let apiKey: ApiKey

  beforeEach(async () => {
    studio = await openStudio(await fresh(), { permissionBundles: { read: ['didManagerFind', 'didManagerGet*'] } })
    apiKey = (await studio.create({ customerId: 'alice', name: 'key' })).apiKey
  })

  afterEach(() => studio.database.close())

  const update = (args: Omit<ApiKeyManagerUpdateArgs, 'keyId'>, principal?: Principal) => {
    const call = () => studio.agent.apiKeyManagerUpdate({ keyId: apiKey.keyId, ...args })
    return principal === undefined ? call() : runAsPrincipal(principal, call)
  }

  it('changes what it is given, all of it, and leaves the rest', async () => {
    const change = {
      name: 'other',
      description: 'what for',
      network: 'mainnet',
      permissions: ['didManager*', 'read'],
      expiresAt: '2030-06-01T00:00:00.000Z',
      rateLimits: [LIMIT],
      allowedIps: ['10.0.0.0/8', '2001:db8::/32'],
    }
    expect(await update(change)).toEqual({ ...apiKey, ...change })
    expect(await update({ enabled: false })).toEqual({ ...apiKey, ...change, enabled: false, status: 'disabled' })
    const cleared = { description: null, network: null, rateLimits: [], allowedIps: [] }
    const expected = { ...apiKey, ...change, ...cleared, enabled: false, status: 'disabled' }
    expect(await update(cleared)).toEqual(expected)
    expect(await studio.agent.apiKeyManagerGet({ keyId: apiKey.keyId })).toEqual(expected)
  })

  it('lets an expired key begin anew, but not a revoked one', async () => {
    studio.clock.set(new Date('2032-01-01T00:00:00Z'))
    expect((await update({ name: 'late' })).status).toBe('expired')
    expect((await update({ expiresAt: '2033-01-01T00:00:00Z' })).status).toBe('active')
    await studio.agent.apiKeyManagerRevoke({ keyId: apiKey.keyId })
    for (const args of [{ enabled: true }, { name: 'x' }, { expiresAt: '2034-01-01T00:00:00Z' }]) {
      expect(await errorOf(update(args))).toMatchObject({ code: 'api_key_revoked', status: 409 })
    }
  })

  it('refuses what is no key, what is nothing, and what is no such member', async () => {
    const wrong = [{}, { name: '' }, { environment: 'test' }, { start: 'x' }, { network: 'testnet' }, { enabled: 'no' }]
    for (const args of wrong) {
      expect(await errorOf(update(args as object))).toMatchObject({ code: 'invalid_argument', status: 400 })
    }
    expect(await studio.agent.apiKeyManagerGet({ keyId: apiKey.keyId })).toEqual(apiKey)
  })

  it("answers another customer's key as none", async () => {
    const others = runInTenant('bob', () => update({ name: 'mine' }))
    const none = studio.agent.apiKeyManagerUpdate({ keyId: 'nothing', name: 'x' })
    expect(await errorOf(others)).toEqual(await errorOf(none))
    expect(await errorOf(runInTenant('bob', () => update({ name: 'x', customerId: 'alice' })))).toMatchObject({
      code: 'not_found',
    })
  })

  it('gives a key no more than the calling key has', async () => {
    const narrow = await principalOf(studio, {
      customerId: 'alice',
      name: 'narrow',
      permissions: ['apiKeyManagerUpdate', 'didManager*'],
      expiresAt: '2030-05-01T00:00:00Z',
    })
    expect(await errorOf(update({ name: 'x' }, narrow))).toMatchObject({
      code: 'permission_denied',
      extensions: { permission: '*' },
    })
    await update({ permissions: ['read'], expiresAt: '2030-04-01T00:00:00Z' })
    expect(await update({ name: 'within' }, narrow)).toMatchObject({ name: 'within', permissions: ['read'] })
    const wider = update({ permissions: ['read', 'resolveDid'] }, narrow)
    expect(await errorOf(wider)).toMatchObject({ extensions: { permission: 'resolveDid' } })
    const longer = update({ expiresAt: '2030-05-01T00:00:01Z' }, narrow)
    expect(await errorOf(longer)).toMatchObject({ code: 'permission_denied' })
    expect(await update({ expiresAt: '2030-05-01T00:00:00Z' }, narrow)).toMatchObject({ name: 'within' })
  })

  it('does nothing for a key that has been revoked meanwhile', async () => {
    const calling = await principalOf(studio, { customerId: 'alice', name: 'calling' })
    await studio.agent.apiKeyManagerRevoke({ keyId: calling.keyId ?? '' })
    expect(await errorOf(update({ name: 'x' }, calling))).toMatchObject({ code: 'permission_denied' })
  })

  it('keeps the changes of many at once, each whole', async () => {
    const names = Array.from({ length: 20 }, (_unused, index) => `name ${index}`)
    await Promise.all(names.map((name, index) => update({ name, description: `of ${index}` })))
    const { name, description } = await studio.agent.apiKeyManagerGet({ keyId: apiKey.keyId })
    expect(description).toBe(`of ${name.split(' ')[1]}`)
    expect(apiKey.createdAt).toBe(NOW.toISOString())
  })
})
