import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Principal } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { ApiKeyManagerCreateArgs } from '../index.js'
import { ApiKeyRow } from '../typeorm/api-key-row.js'
import { errorOf, openStudio, principalOf, type Studio } from './studio.js'

describeOnEachDatabase('a key', (fresh) => {
  let studio: Studio
  let url: string

  beforeEach(async () => {
    url = await fresh()
    studio = await openStudio(url)
  })

  afterEach(() => studio.database.close())

  const keyOf = (args: Omit<ApiKeyManagerCreateArgs, 'name'>) => principalOf(studio, { name: 'calling', ...args })
  const create = (principal: Principal, args: Omit<ApiKeyManagerCreateArgs, 'name'> = {}) =>
    studio.create({ name: 'made', ...args }, principal)

  it('makes keys that may do the same or less', async () => {
    const calling = await keyOf({ customerId: 'alice', permissions: ['didManager*', 'resolveDid'] })
    for (const permissions of [['didManager*'], ['didManagerCreate', 'resolveDid'], ['didManagerGet*']]) {
      expect((await create(calling, { permissions })).apiKey.permissions).toEqual(permissions)
    }
  })

  it.each(['*', 'did*', 'resolveDid*', 'resolveDi', 'keyManagerSign', 'DidManagerCreate'])(
    'makes none that may call %s where it may not',
    async (permission) => {
      const calling = await keyOf({ customerId: 'alice', permissions: ['didManager*', 'resolveDid'] })
      const error = await errorOf(create(calling, { permissions: ['didManagerGet', permission] }))
      expect(error).toMatchObject({ code: 'permission_denied', status: 403, extensions: { permission } })
      expect(await studio.database.read((manager) => manager.count(ApiKeyRow), { acrossTenants: true })).toBe(1)
    },
  )

  it('makes none for every method by leaving the permissions out', async () => {
    const calling = await keyOf({ customerId: 'alice', permissions: ['apiKeyManager*'] })
    expect(await errorOf(create(calling))).toMatchObject({ status: 403, extensions: { permission: '*' } })
  })

  it('makes none of the other environment', async () => {
    const [live, test] = [await keyOf({ customerId: 'alice' }), await keyOf({ customerId: 'bob', environment: 'test' })]
    expect(await errorOf(create(live, { environment: 'test' }))).toMatchObject({ code: 'permission_denied' })
    expect(await errorOf(create(test, { environment: 'live' }))).toMatchObject({ code: 'permission_denied' })
    expect(await errorOf(create(test))).toMatchObject({ code: 'permission_denied' })
    expect((await create(test, { environment: 'test' })).apiKey.environment).toBe('test')
  })

  it('makes none that is bound to less than itself', async () => {
    const bound = await keyOf({ customerId: 'alice', network: 'mainnet' })
    expect(await errorOf(create(bound))).toMatchObject({ code: 'permission_denied' })
    expect((await create(bound, { network: 'mainnet' })).apiKey.network).toBe('mainnet')
    const unbound = await keyOf({ customerId: 'alice' })
    expect((await create(unbound, { network: 'mainnet' })).apiKey.network).toBe('mainnet')
  })

  it.each([
    [['192.0.2.7'], true],
    [['192.0.2.128/25', '2001:db8:1::/48'], true],
    [['::ffff:192.0.2.7', '192.0.2.0/24'], true],
    [['192.0.2.0/23'], false],
    [['192.0.2.7', '192.0.3.7'], false],
    [['0.0.0.0/0'], false],
    [['2001:db8::/31'], false],
    [['::/0'], false],
  ])('that is bound to addresses makes one for %s: %s', async (allowedIps, isMade) => {
    const calling = await keyOf({ customerId: 'alice' })
    const bound = ['192.0.2.0/24', '2001:db8::/32']
    await studio.agent.apiKeyManagerUpdate({ keyId: calling.keyId ?? '', allowedIps: bound })
    if (isMade) expect((await create(calling, { allowedIps })).apiKey.allowedIps).toEqual(allowedIps)
    else
      expect(await errorOf(create(calling, { allowedIps }))).toMatchObject({ code: 'permission_denied', status: 403 })
  })

  it('makes none that outlives it, and by default one that ends with it', async () => {
    const calling = await keyOf({ customerId: 'alice', expiresAt: '2030-06-01T00:00:00Z' })
    const later = await errorOf(create(calling, { expiresAt: '2030-06-01T00:00:00.001Z' }))
    expect(later).toMatchObject({ code: 'permission_denied', status: 403 })
    expect((await create(calling, { expiresAt: '2030-06-01T00:00:00Z' })).apiKey.status).toBe('active')
    expect((await create(calling)).apiKey.expiresAt).toBe('2030-06-01T00:00:00.000Z')
  })

  it('makes one for a year where it lasts longer itself', async () => {
    const calling = await keyOf({ customerId: 'alice', expiresAt: '2040-01-01T00:00:00Z' })
    expect((await create(calling)).apiKey.expiresAt).toBe('2031-03-01T12:00:00.000Z')
  })

  it('makes none for another customer', async () => {
    const calling = await keyOf({ customerId: 'alice' })
    await keyOf({ customerId: 'bob' })
    const [existing, missing, operators] = await Promise.all(
      ['bob', 'nobody', 'operator'].map((customerId) => errorOf(create(calling, { customerId }))),
    )
    expect(existing).toMatchObject({ code: 'not_found', status: 404 })
    expect([missing, operators]).toEqual([existing, existing])
  })

  it('of an operator who may do everything makes any key', async () => {
    const operator = await keyOf({ customerId: 'operator', expiresAt: '2030-06-01T00:00:00Z' })
    const made = await create(operator, { customerId: 'alice', environment: 'test', network: 'testnet' })
    expect(made.apiKey).toMatchObject({ customerId: 'alice', expiresAt: '2031-03-01T12:00:00.000Z' })
  })

  it('of an operator who may do less, or on one network, is bounded like any other', async () => {
    const narrow = await keyOf({
      customerId: 'operator',
      permissions: ['apiKeyManager*'],
      expiresAt: '2030-06-01T00:00:00Z',
    })
    const wide = await errorOf(create(narrow, { customerId: 'alice' }))
    expect(wide).toMatchObject({ status: 403, extensions: { permission: '*' } })
    const wideOperator = await errorOf(create(narrow, { customerId: 'operator', permissions: ['actFor'] }))
    expect(wideOperator).toMatchObject({ status: 403, extensions: { permission: 'actFor' } })
    const permissions = ['apiKeyManagerGet']
    const made = await create(narrow, { customerId: 'alice', permissions })
    expect(made.apiKey).toMatchObject({ permissions, expiresAt: '2030-06-01T00:00:00.000Z' })
    const bound = await keyOf({ customerId: 'operator', network: 'mainnet' })
    expect(await errorOf(create(bound, { customerId: 'alice' }))).toMatchObject({ code: 'permission_denied' })
  })

  it('makes none once it is revoked or has expired, even in a call that was let in before', async () => {
    const revoked = await keyOf({ customerId: 'alice' })
    await studio.agent.apiKeyManagerRevoke({ keyId: revoked.keyId ?? '' })
    expect(await errorOf(create(revoked))).toMatchObject({ code: 'permission_denied' })
    const operator = await keyOf({ customerId: 'operator', expiresAt: '2030-03-02T00:00:00Z' })
    studio.clock.set(new Date('2030-03-02T00:00:00Z'))
    expect(await errorOf(create(operator, { customerId: 'bob' }))).toMatchObject({ code: 'permission_denied' })
    expect(await errorOf(create({ ...operator, keyId: 'nokey' }, { customerId: 'bob' }))).toMatchObject({ status: 403 })
  })

  it('makes none while another process is revoking it', async () => {
    const calling = await keyOf({ customerId: 'alice' })
    const other = await openStudio(url)
    let held: () => void = () => undefined
    const isHeld = new Promise<void>((resolve) => (held = resolve))
    const revoking = other.database.write(
      async (manager) => {
        await manager.update(ApiKeyRow, { keyId: calling.keyId }, { revokedAt: '2030-03-01T12:00:00.000Z' })
        held()
        await sleep(300)
      },
      { acrossTenants: true },
    )
    await isHeld
    expect(await errorOf(create(calling))).toMatchObject({ code: 'permission_denied' })
    await revoking
    await other.database.close()
  })
})
