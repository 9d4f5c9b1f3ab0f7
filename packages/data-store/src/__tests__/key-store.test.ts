import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { runInTenant, type Database } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { IKey } from '@veramo/core-types'
import { KeyStore } from '../index.js'
import { openStudio } from './agents.js'

const key = (kid: string, changes: Partial<IKey> = {}): IKey => ({
  kid,
  type: 'Ed25519',
  kms: 'local',
  publicKeyHex: `public ${kid}`,
  meta: { algorithms: ['EdDSA'] },
  ...changes,
})

describeOnEachDatabase('the key store', (fresh) => {
  let url: string
  let database: Database
  let keys: KeyStore
  let tenant = 0

  beforeAll(async () => {
    url = await fresh()
    database = await openStudio(url)
    keys = new KeyStore(database)
  })

  beforeEach(() => void (tenant += 1))

  afterAll(() => database.close())

  const inTenant = <T>(work: () => T) => runInTenant(`tenant${tenant}`, work)

  it('keeps keys as they were given, in their order, also over a restart', async () => {
    const given = [key('z'), key('a', { meta: { tags: [{ deep: 1 }] } }), key('m', { type: 'Secp256k1' })]
    for (const each of given) await inTenant(() => keys.importKey(each))
    await database.close()
    database = await openStudio(url)
    keys = new KeyStore(database)
    expect(await inTenant(() => keys.listKeys())).toEqual(given)
    for (const each of given) expect(await inTenant(() => keys.getKey({ kid: each.kid }))).toEqual(each)
  })

  it('says null for meta that there is not', async () => {
    await inTenant(() => keys.importKey(key('a', { meta: undefined })))
    expect(await inTenant(() => keys.getKey({ kid: 'a' }))).toEqual(key('a', { meta: null }))
  })

  it('replaces a key that is imported again, in its place', async () => {
    await inTenant(async () => {
      for (const kid of ['a', 'b']) await keys.importKey(key(kid))
      await keys.importKey(key('a', { kms: 'other', publicKeyHex: 'new', meta: undefined }))
      expect(await keys.listKeys()).toEqual([key('a', { kms: 'other', publicKeyHex: 'new' }), key('b')])
      await keys.importKey(key('a', { meta: null }))
      expect(await keys.getKey({ kid: 'a' })).toEqual(key('a', { meta: null }))
    })
  })

  it('never stores a private key', async () => {
    await inTenant(() => keys.importKey(key('a', { privateKeyHex: 'do not keep this' })))
    const rows = await database.read((manager) => manager.query<unknown[]>('SELECT * FROM studio_key'), {
      acrossTenants: true,
    })
    expect(JSON.stringify(rows)).toContain('public a')
    expect(JSON.stringify(rows)).not.toContain('do not keep this')
  })

  it('deletes a key once', async () => {
    await inTenant(async () => {
      await keys.importKey(key('a'))
      expect(await keys.deleteKey({ kid: 'a' })).toBe(true)
      await expect(keys.deleteKey({ kid: 'a' })).rejects.toThrow('not_found: Key not found')
      await expect(keys.getKey({ kid: 'a' })).rejects.toThrow('not_found: Key not found')
    })
  })

  it('answers what cannot be there as not found, and refuses to store it', async () => {
    await inTenant(async () => {
      await keys.importKey(key('a'))
      for (const kid of ['', 'a\0', 'x'.repeat(1281), undefined, null, {}] as unknown as string[]) {
        await expect(keys.getKey({ kid })).rejects.toThrow('not_found: Key not found')
        await expect(keys.deleteKey({ kid })).rejects.toThrow('not_found: Key not found')
        await expect(keys.importKey(key(kid))).rejects.toMatchObject({ code: 'invalid_argument' })
      }
      for (const changes of [{ type: undefined }, { kms: '' }, { publicKeyHex: undefined }, { publicKeyHex: '\0' }]) {
        await expect(keys.importKey({ ...key('b'), ...changes })).rejects.toMatchObject({ code: 'invalid_argument' })
      }
      expect(await keys.listKeys()).toEqual([key('a')])
    })
  })

  it('gives each of many keys that come at once a place and a row', async () => {
    await inTenant(async () => {
      const kids = Array.from({ length: 50 }, (_unused, index) => `k${index}`)
      await Promise.all(kids.map((kid) => keys.importKey(key(kid))))
      expect((await keys.listKeys()).map(({ kid }) => kid)).toEqual(kids)
    })
  })
})
