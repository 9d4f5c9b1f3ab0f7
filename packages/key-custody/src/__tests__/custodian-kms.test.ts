import type { KeyObject } from 'node:crypto'
import { randomBytes, verify } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { ed25519 } from '@noble/curves/ed25519'
import { p256 } from '@noble/curves/p256'
import { secp256k1 } from '@noble/curves/secp256k1'
import {
  ManualClock,
  OPERATOR_TENANT_ID,
  runAsOperator,
  runAsPrincipal,
  runInTenant,
  type Principal,
} from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import createDebug from 'debug'
import { SealedKeyRow } from '../typeorm/sealed-key-row.js'
import { CustodianKms, PaymentKeyVault } from '../index.js'
import { newKek, openCustody, type OpenedCustody } from './open-custody.js'

const KEY_TYPES = ['Ed25519', 'X25519', 'Secp256k1', 'Secp256r1']
const SCALAR_TYPES = ['Secp256k1', 'Secp256r1']
const data = Buffer.from('signed')

const principal = (role: Principal['role'], tenantId: string): Principal => ({
  tenantId,
  role,
  permissions: ['*'],
  environment: 'live',
})

const isSignature = (signature: string, type: string, publicKeyHex: string): boolean => {
  const [bytes, publicKey] = [Buffer.from(signature, 'base64url'), Buffer.from(publicKeyHex, 'hex')]
  if (type === 'Ed25519') return ed25519.verify(bytes, data, publicKey)
  return (type === 'Secp256k1' ? secp256k1 : p256).verify(bytes, data, publicKey, { prehash: true })
}

describeOnEachDatabase('CustodianKms', (fresh) => {
  let url: string
  let kek: KeyObject
  let clock: ManualClock
  let custody: OpenedCustody

  beforeEach(async () => {
    url = await fresh()
    kek = newKek()
    clock = new ManualClock(new Date('2025-11-21T10:00:00.000Z'))
    custody = await openCustody({ url, kek, clock })
  })

  afterEach(() => custody.database.close())

  const create = (tenantId: string, type = 'Ed25519', kid?: string) =>
    runInTenant(tenantId, () => custody.kms.createKey({ type, ...(kid !== undefined && { kid }) }))
  const sign = (tenantId: string, kid: string, { kms } = custody) =>
    runInTenant(tenantId, () => kms.sign({ keyRef: { kid }, data }))
  const remove = (tenantId: string, kid: string, { kms } = custody) =>
    runInTenant(tenantId, () => kms.deleteKey({ kid }))
  const rowCount = () => custody.database.read((manager) => manager.count(SealedKeyRow), { acrossTenants: true })

  it('signs the same after a restart', async () => {
    const key = await create('ada')
    const before = await sign('ada', key.kid)
    await custody.database.close()
    custody = await openCustody({ url, kek, clock })
    expect(await sign('ada', key.kid)).toBe(before)
  })

  it('gives each of many keys of many tenants its own signature, made and used at once', async () => {
    const types = ['Ed25519', 'Secp256k1', 'Secp256r1']
    const made = await Promise.all(
      Array.from({ length: 50 }, async (_unused, index) => {
        const tenantId = `tenant${index % 5}`
        const type = types[index % 3] as string
        const key = await create(tenantId, type)
        return { tenantId, key, signature: await sign(tenantId, key.kid) }
      }),
    )
    expect(new Set(made.map(({ key }) => key.publicKeyHex)).size).toBe(50)
    for (const { key, signature } of made) expect(isSignature(signature, key.type, key.publicKeyHex)).toBe(true)
    const rows = await custody.database.read((manager) => manager.find(SealedKeyRow), { acrossTenants: true })
    const owners = new Map(rows.map((row) => [row.kid, row.tenantId]))
    for (const { tenantId, key } of made) expect(owners.get(key.kid)).toBe(tenantId)
    for (const { tenantId, key } of made.slice(0, 5)) {
      const stranger = tenantId === 'tenant0' ? 'tenant1' : 'tenant0'
      await expect(sign(stranger, key.kid)).rejects.toMatchObject({ code: 'not_found' })
    }
  })

  it('answers a kid of another tenant, of a payment key and of nobody with the same words', async () => {
    const payment = new PaymentKeyVault({ vault: custody.vault })
    await custody.database.write((manager) => payment.create(manager, { tenantId: 'ada', network: 'mainnet' }), {
      acrossTenants: true,
    })
    const bobs = await create('bob')
    await sign('bob', bobs.kid)
    const theirKey = {
      type: 'X25519',
      publicKeyHex: '09c99ad2fdb13247d97f4343d05cc20930db0808697e89f8f3d111a40cb6ee35',
    }
    for (const kid of [bobs.kid, 'payment:mainnet', 'nobody']) {
      const expected = `not_found: Key not found: No key entry found for kid=${kid}`
      await expect(sign('ada', kid)).rejects.toThrow(expected)
      const shared = runInTenant('ada', () => custody.kms.sharedSecret({ myKeyRef: { kid }, theirKey }))
      await expect(shared).rejects.toThrow(expected)
      await expect(shared).rejects.toMatchObject({ code: 'not_found', status: 404 })
    }
    expect(await runInTenant('ada', () => custody.kms.listKeys())).toEqual([])
    await remove('ada', 'payment:mainnet')
    await remove('ada', bobs.kid)
    expect(await rowCount()).toBe(2)
    expect(isSignature(await sign('bob', bobs.kid), 'Ed25519', bobs.publicKeyHex)).toBe(true)
  })

  it('lets two tenants import the same private key, and delete it apart', async () => {
    const key = { type: 'Ed25519', privateKeyHex: randomBytes(32).toString('hex') }
    const ada = await runInTenant('ada', () => custody.kms.importKey(key))
    const bob = await runInTenant('bob', () => custody.kms.importKey(key))
    expect(bob).toEqual(ada)
    expect(await sign('ada', ada.kid)).toBe(await sign('bob', ada.kid))
    await remove('ada', ada.kid)
    await expect(sign('ada', ada.kid)).rejects.toMatchObject({ code: 'not_found' })
    await sign('bob', ada.kid)
  })

  it('refuses to work for nobody', async () => {
    const calls: (() => Promise<unknown>)[] = [
      () => custody.kms.createKey({ type: 'Ed25519' }),
      () => custody.kms.importKey({ type: 'Ed25519', privateKeyHex: '11'.repeat(32) }),
      () => custody.kms.listKeys(),
      () => custody.kms.deleteKey({ kid: 'one' }),
      () => custody.kms.sign({ keyRef: { kid: 'one' }, data }),
    ]
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({ code: 'tenant_required' })
      await expect(runAsOperator(call)).rejects.toMatchObject({ code: 'tenant_required' })
      const operator = runAsPrincipal(principal('operator', OPERATOR_TENANT_ID), call)
      await expect(operator).rejects.toMatchObject({ code: 'tenant_required' })
    }
  })

  it('lets an operator who acts for a customer make its keys, and not use them', async () => {
    const acting = principal('operator', 'ada')
    const key = await runAsPrincipal(acting, () => custody.kms.createKey({ type: 'Ed25519' }))
    const uses = [
      () => custody.kms.sign({ keyRef: key, data }),
      () => custody.kms.sharedSecret({ myKeyRef: key, theirKey: key }),
      () => custody.kms.signJWT({ key, data: 'x' }),
    ]
    const tryAll = async () => {
      for (const use of uses) {
        const attempt = runAsPrincipal(acting, use)
        await expect(attempt).rejects.toMatchObject({ code: 'acting_forbidden', status: 403 })
      }
    }
    await tryAll()
    // Nor where the customer has just used the key, and it is at hand.
    const own = principal('customer', 'ada')
    await runAsPrincipal(own, () => custody.kms.sign({ keyRef: key, data }))
    await tryAll()
  })

  it('makes no key where the type is not one that it holds', async () => {
    await expect(create('ada', 'Bls12381G1')).rejects.toThrow('not_supported: Key type not supported: Bls12381G1')
    expect(await rowCount()).toBe(0)
  })

  it('takes a key that is imported again, and refuses another one under its kid', async () => {
    const key = { type: 'Ed25519', privateKeyHex: '11'.repeat(32), kid: 'mine' }
    const first = await runInTenant('ada', () => custody.kms.importKey(key))
    const signature = await sign('ada', 'mine')
    expect(await runInTenant('ada', () => custody.kms.importKey(key))).toEqual(first)
    for (const other of [
      { ...key, privateKeyHex: '12'.repeat(32) },
      { ...key, type: 'X25519' },
    ]) {
      const refused = runInTenant('ada', () => custody.kms.importKey(other))
      await expect(refused).rejects.toMatchObject({ code: 'key_already_exists', status: 409 })
    }
    await expect(create('ada', 'Ed25519', 'mine')).rejects.toThrow(
      'key_already_exists: A key with this alias exists but with different data. Please use a different alias.',
    )
    expect(await sign('ada', 'mine')).toBe(signature)
    expect(await rowCount()).toBe(1)
  })

  it('keeps one of many keys that are made under one kid at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => create('ada', 'Ed25519', 'mine')))
    const made = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    expect(made).toHaveLength(1)
    expect(isSignature(await sign('ada', 'mine'), 'Ed25519', made[0]?.publicKeyHex as string)).toBe(true)
  })

  it('lists the keys of the tenant alone, oldest first', async () => {
    const made = []
    for (const type of KEY_TYPES) {
      made.push(await create('ada', type))
      clock.advanceMs(1)
    }
    await create('bob')
    expect(await runInTenant('ada', () => custody.kms.listKeys())).toEqual(made)
  })

  it('forgets a key at once when it is deleted, and may have another under its kid', async () => {
    await create('ada', 'Ed25519', 'mine')
    const before = await sign('ada', 'mine')
    expect(await remove('ada', 'mine')).toBe(true)
    await expect(sign('ada', 'mine')).rejects.toMatchObject({ code: 'not_found' })
    expect(await remove('ada', 'mine')).toBe(true)
    await create('ada', 'Ed25519', 'mine')
    expect(await sign('ada', 'mine')).not.toBe(before)
  })

  it('does not bring a key back that is deleted while it is being read', async () => {
    const key = await create('ada')
    const signing = Promise.allSettled(Array.from({ length: 10 }, () => sign('ada', key.kid)))
    await remove('ada', key.kid)
    await signing
    await expect(sign('ada', key.kid)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('stops using a key that another process deleted within the time it keeps keys', async () => {
    const key = await create('ada')
    await sign('ada', key.kid)
    const other = await openCustody({ url, kek, clock })
    await remove('ada', key.kid, other)
    await other.database.close()
    clock.advanceMs(60_000)
    await expect(sign('ada', key.kid)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('keeps no key where it is told to keep none', async () => {
    const vigilant = await openCustody({ url, kek, clock, cache: { ttlMs: 0 } })
    const key = await create('ada')
    await sign('ada', key.kid, vigilant)
    await remove('ada', key.kid)
    await expect(sign('ada', key.kid, vigilant)).rejects.toMatchObject({ code: 'not_found' })
    await vigilant.database.close()
  })

  it.each(KEY_TYPES)('refuses what is not a private key of %s, and does not repeat it', async (type) => {
    const order = '7'.repeat(64)
    const wrong = [
      'ab'.repeat(31),
      'ab'.repeat(33),
      'ab'.repeat(31) + 'a',
      'zz'.repeat(32),
      '0x' + 'ab'.repeat(31),
      order + order,
      ...(SCALAR_TYPES.includes(type) ? ['00'.repeat(32), 'ff'.repeat(32)] : []),
    ]
    for (const privateKeyHex of wrong) {
      const refused = runInTenant('ada', () => custody.kms.importKey({ type, privateKeyHex }))
      await expect(refused).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
      const message = await refused.catch((error: Error) => error.message)
      expect(message).not.toContain(privateKeyHex)
    }
    expect(await rowCount()).toBe(0)
  })

  it.each([
    ['with a NUL', 'a\u0000'],
    ['with half a character', 'a\ud800'],
    ['of 1001 characters', 'x'.repeat(1001)],
    ['that is an object', { like: '%' } as unknown as string],
  ])('refuses a kid %s', async (_what, kid) => {
    await create('ada')
    await expect(create('ada', 'Ed25519', kid)).rejects.toMatchObject({ code: 'invalid_argument' })
    await expect(sign('ada', kid)).rejects.toMatchObject({ code: 'invalid_argument' })
    await expect(remove('ada', kid)).rejects.toMatchObject({ code: 'invalid_argument' })
    expect(await rowCount()).toBe(1)
  })

  it('takes no missing kid for any kid', async () => {
    await create('ada')
    await expect(sign('ada', undefined as unknown as string)).rejects.toMatchObject({ code: 'invalid_argument' })
    await expect(remove('ada', undefined as unknown as string)).rejects.toMatchObject({ code: 'invalid_argument' })
    expect(await rowCount()).toBe(1)
  })

  it('refuses a public key that shares its secret with everybody', async () => {
    const key = await create('ada', 'X25519')
    for (const theirKey of [
      { type: 'X25519', publicKeyHex: '00'.repeat(32) },
      { type: 'X25519', publicKeyHex: 'ab' },
      { type: 'Ed25519', publicKeyHex: 'ff'.repeat(32) },
    ]) {
      const shared = runInTenant('ada', () => custody.kms.sharedSecret({ myKeyRef: key, theirKey }))
      await expect(shared).rejects.toMatchObject({ code: 'invalid_argument' })
    }
  })

  it('signs with Ed25519 what node:crypto verifies', async () => {
    const key = await create('ada')
    const x = Buffer.from(key.publicKeyHex, 'hex').toString('base64url')
    const jwk = { key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' } as const
    expect(verify(null, data, jwk, Buffer.from(await sign('ada', key.kid), 'base64url'))).toBe(true)
  })
})

describe('DEBUG', () => {
  it('never shows the methods that carry key material', () => {
    createDebug.enable('*')
    try {
      const { database, vault } = {} as OpenedCustody
      new CustodianKms({ database, vault })
      const shown = [
        'keyManagerImport',
        'keyManagerSharedSecret',
        'keyManagerDecryptJWE',
        'keyManagerCreate',
        'didManagerImport',
        'keyManagerGet',
      ].filter((method) => createDebug.enabled(`veramo:agent:${method}`))
      expect(shown).toEqual([])
      expect(createDebug.enabled('veramo:agent:didManagerCreate')).toBe(true)
    } finally {
      createDebug.disable()
    }
  })
})
