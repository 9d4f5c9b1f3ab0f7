import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runInTenant, type Database } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { FindArgs, TIdentifiersColumns } from '@veramo/core-types'
import { DataStore, DataStoreORM, DIDStore, KeyStore } from '../index.js'
import { credential, openStudio, service } from './agents.js'

type Query = FindArgs<TIdentifiersColumns>
type Context = Parameters<DataStoreORM['methods']['dataStoreORMGetIdentifiers']>[1]

const context = {} as Context

describeOnEachDatabase('finding identifiers', (fresh) => {
  let database: Database
  let orm: DataStoreORM

  const inTenant = <T>(work: () => T) => runInTenant('tenant', work)
  const find = (query: Query) => inTenant(() => orm.methods.dataStoreORMGetIdentifiers(query, context))
  const names = async (query: Query) => (await find(query)).map(({ did }) => did?.replace('did:test:', ''))
  const count = (query: Query) => inTenant(() => orm.methods.dataStoreORMGetIdentifiersCount(query, context))

  beforeAll(async () => {
    database = await openStudio(await fresh())
    orm = new DataStoreORM(database)
    const dids = new DIDStore(database)
    const keys = new KeyStore(database)
    await inTenant(async () => {
      for (const name of ['m', 'a', 'z']) {
        const owned = [2, 1].map((digit) => `${name}${digit}`)
        const imported = owned.map((kid) => ({ kid, type: 'Ed25519' as const, kms: 'local', publicKeyHex: kid }))
        for (const key of imported) await keys.importKey(key)
        const services = owned.map((id) => service(id, { serviceEndpoint: { uri: id } }))
        const alias = name === 'z' ? undefined : `alias ${name}`
        await dids.importDID({ did: `did:test:${name}`, provider: 'did:test', alias, keys: imported, services })
      }
      const verifiableCredential = credential('x', {
        issuer: 'did:test:a',
        credentialSubject: { id: 'did:test:known' },
      })
      await new DataStore(database).methods.dataStoreSaveVerifiableCredential({ verifiableCredential })
    })
  })

  afterAll(() => database.close())

  it('returns managed and known ones, with their keys and services, in the order they were stored in', async () => {
    const found = await find({})
    expect(found.map(({ did }) => did)).toEqual(['did:test:m', 'did:test:a', 'did:test:z', 'did:test:known'])
    expect(found[0]).toEqual({
      did: 'did:test:m',
      provider: 'did:test',
      alias: 'alias m',
      keys: ['m2', 'm1'].map((kid) => ({ kid, type: 'Ed25519', kms: 'local', publicKeyHex: kid, meta: null })),
      services: ['m2', 'm1'].map((id) => ({ id, type: 'Messages', serviceEndpoint: { uri: id }, description: null })),
    })
    expect(found[3]).toEqual({ did: 'did:test:known', keys: [], services: [] })
    expect(
      await inTenant(() => orm.methods.dataStoreORMGetIdentifiers(undefined as unknown as Query, context)),
    ).toEqual(found)
  })

  it('filters, sorts and cuts out whole identifiers', async () => {
    expect(await names({ where: [{ column: 'alias', op: 'Like', value: ['alias %'] }] })).toEqual(['m', 'a'])
    expect(await names({ where: [{ column: 'provider', op: 'IsNull' }] })).toEqual(['known'])
    expect(await names({ order: [{ column: 'did', direction: 'DESC' }] })).toEqual(['z', 'm', 'known', 'a'])
    const page: Query = { order: [{ column: 'did', direction: 'DESC' }], skip: 1, take: 2 }
    expect(await names(page)).toEqual(['m', 'known'])
    expect((await find(page))[0]?.keys).toHaveLength(2)
    expect(await names({ skip: 3 })).toEqual(['known'])
  })

  it('counts them, whatever part is asked for', async () => {
    expect(await count({ skip: 1, take: 1 })).toBe(4)
    expect(await count({ where: [{ column: 'provider', value: ['did:test'] }] })).toBe(3)
  })

  it('refuses an unknown column', async () => {
    await expect(find({ where: [{ column: 'saveDate' as 'did' }] })).rejects.toThrow('Invalid column name: saveDate')
    await expect(count({ order: [{ column: 'id' as 'did', direction: 'ASC' }] })).rejects.toThrow(
      'invalid_argument: Invalid column name: id',
    )
  })
})
