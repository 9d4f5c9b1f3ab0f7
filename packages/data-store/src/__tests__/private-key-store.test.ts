import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runInTenant, type Database } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { KeyManagementSystem, SecretBox } from '@veramo/kms-local'
import { openStudio } from './agents.js'
import { PrivateKeyStore } from '../index.js'

const key = (digit: string, alias = 'a') => ({ alias, type: 'Ed25519' as const, privateKeyHex: digit.repeat(128) })

describeOnEachDatabase('the private keys of a data store', (fresh) => {
  let database: Database
  let store: PrivateKeyStore

  beforeAll(async () => {
    database = await openStudio(await fresh())
    store = new PrivateKeyStore(database, new SecretBox(await SecretBox.createSecretKey()))
  })

  afterAll(() => database.close())

  it('are each tenant’s own, in the order in which they came', async () => {
    for (const tenant of ['one', 'two']) {
      await runInTenant(tenant, async () => {
        await store.importKey(key('b', 'z'))
        expect(await store.importKey(key(tenant === 'one' ? '1' : '2'))).toEqual(key(tenant === 'one' ? '1' : '2'))
      })
    }
    await runInTenant('two', () => store.deleteKey({ alias: 'a' }))
    await runInTenant('one', async () => {
      expect(await store.getKey({ alias: 'a' })).toEqual(key('1'))
      expect(await store.listKeys()).toEqual([key('b', 'z'), key('1')])
    })
    await runInTenant('two', async () => {
      await expect(store.getKey({ alias: 'a' })).rejects.toThrow('not_found: Key not found')
      await expect(store.deleteKey({ alias: 'a' })).rejects.toThrow('not_found: Private Key data not found for alias=a')
    })
    await expect(store.listKeys()).rejects.toMatchObject({ code: 'tenant_required' })
  })

  it('stay as they are where another key comes under the alias', async () => {
    await runInTenant('three', async () => {
      await store.importKey(key('1'))
      await store.importKey(key('1'))
      await expect(store.importKey(key('2'))).rejects.toThrow(
        'conflict: key_already_exists: A key with this alias exists but with different data.',
      )
      expect(await store.listKeys()).toEqual([key('1')])
    })
  })

  it('do not open in another place, with another box, or changed', async () => {
    await runInTenant('four', () => store.importKey(key('1')))
    await runInTenant('five', () => store.importKey(key('2')))
    await database.write(
      (manager) =>
        manager.query(
          `UPDATE "studio_private_key" SET "sealed" = (SELECT "sealed" FROM "studio_private_key" WHERE "tenantId" = 'four')
        WHERE "tenantId" = 'five'`,
        ),
      { acrossTenants: true },
    )
    const other = new PrivateKeyStore(database, new SecretBox(await SecretBox.createSecretKey()))
    const unreadable = { code: 'private_key_unreadable' }
    await expect(runInTenant('five', () => store.getKey({ alias: 'a' }))).rejects.toMatchObject(unreadable)
    await expect(runInTenant('four', () => other.getKey({ alias: 'a' }))).rejects.toMatchObject(unreadable)
  })

  it('are never stored in clear', async () => {
    expect(() => new PrivateKeyStore(database, undefined as never)).toThrow('setting_invalid')
    await runInTenant('six', () => store.importKey(key('7')))
    const rows = await database.read((manager) => manager.query<object[]>('SELECT * FROM "studio_private_key"'), {
      acrossTenants: true,
    })
    expect(JSON.stringify(rows)).not.toContain('7'.repeat(16))
  })

  it('sign for Veramo’s own key management system', async () => {
    const kms = new KeyManagementSystem(store)
    const { kid } = await runInTenant('seven', () => kms.createKey({ type: 'Ed25519' }))
    const sign = () => kms.sign({ keyRef: { kid }, data: new Uint8Array([1]) })
    expect(await runInTenant('seven', sign)).toMatch(/^[\w-]{86}$/)
    await expect(runInTenant('eight', sign)).rejects.toThrow('not_found')
  })
})
