import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { ManualClock, runInTenant, type Database } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { IIdentifier, IKey } from '@veramo/core-types'
import { DataStore, DIDStore, KeyStore } from '../index.js'
import { credential, openStudio, outcomeOf, service } from './agents.js'

const key = (kid: string): IKey => ({ kid, type: 'Ed25519', kms: 'local', publicKeyHex: `public ${kid}` })

const identifier = (did: string, changes: Partial<IIdentifier> = {}): IIdentifier => ({
  did,
  provider: 'did:test',
  keys: [],
  services: [],
  ...changes,
})

describeOnEachDatabase('the DID store', (fresh) => {
  let url: string
  let database: Database
  let dids: DIDStore
  let keys: KeyStore
  let tenant = 0

  const open = async () => {
    database = await openStudio(url)
    dids = new DIDStore(database, new ManualClock(new Date('2024-01-01T00:00:00Z')))
    keys = new KeyStore(database)
  }

  beforeAll(async () => {
    url = await fresh()
    await open()
  })

  beforeEach(() => void (tenant += 1))

  afterAll(() => database.close())

  const inTenant = <T>(work: () => T) => runInTenant(`tenant${tenant}`, work)

  it('keeps an identifier as it was given, also over a restart', async () => {
    const given = identifier('did:test:1', {
      alias: 'alias',
      controllerKeyId: 'b',
      keys: [key('b'), key('a')],
      services: [
        service('z', { serviceEndpoint: { uri: 'https://example.com', accept: ['x'] }, description: 'first' }),
        service('a', { serviceEndpoint: ['https://example.com', { uri: 'did:test:2' }] }),
        service('m', { serviceEndpoint: '{not json' }),
      ],
    })
    await inTenant(async () => {
      for (const each of given.keys) await keys.importKey(each)
      await dids.importDID(given)
    })
    await database.close()
    await open()
    const expected = {
      ...given,
      keys: given.keys.map((each) => ({ ...each, meta: null })),
      services: given.services.map((each) => ({ description: null, ...each })),
    }
    expect(await inTenant(() => dids.getDID({ did: 'did:test:1' }))).toEqual(expected)
    expect(await inTenant(() => dids.getDID({ alias: 'alias' }))).toEqual(expected)
    expect(await inTenant(() => dids.listDIDs({}))).toEqual([expected])
  })

  it('leaves out an alias that there is not, and says null for all else', async () => {
    await inTenant(() => dids.importDID(identifier('did:test:1')))
    const expected = { did: 'did:test:1', provider: 'did:test', controllerKeyId: null, keys: [], services: [] }
    expect(await inTenant(() => dids.getDID({ did: 'did:test:1' }))).toEqual(expected)
    expect(await inTenant(() => dids.listDIDs({}))).toEqual([expected])
  })

  it('replaces keys and services, keeps what is left out, and the place in the list', async () => {
    await inTenant(async () => {
      for (const kid of ['a', 'b']) await keys.importKey(key(kid))
      const services = [service('s1', { description: 'kept' }), service('s2')]
      const before = { alias: 'alias', controllerKeyId: 'a', keys: [key('a')], services }
      await dids.importDID(identifier('did:test:1', before))
      await dids.importDID(identifier('did:test:2'))
      await dids.importDID(
        identifier('did:test:1', { keys: [key('b')], services: [service('s3'), service('s1', { type: 'New' })] }),
      )
      const [first, second] = await dids.listDIDs({})
      expect(first).toMatchObject({ did: 'did:test:1', alias: 'alias', controllerKeyId: 'a' })
      expect(first?.keys.map(({ kid }) => kid)).toEqual(['b'])
      expect(first?.services).toEqual([
        service('s1', { type: 'New', description: 'kept' }),
        { ...service('s3'), description: null },
      ])
      expect(second?.did).toBe('did:test:2')
      expect((await keys.listKeys()).map(({ kid }) => kid)).toEqual(['a', 'b'])
    })
  })

  it('takes the same service id for two identifiers, and the first of two in one', async () => {
    await inTenant(async () => {
      await dids.importDID(identifier('did:test:1', { services: [service('#a'), service('#a', { type: 'Second' })] }))
      await dids.importDID(identifier('did:test:2', { services: [service('#a', { type: 'Other' })] }))
      const types = (await dids.listDIDs({})).map(({ services }) => services.map(({ type }) => type))
      expect(types).toEqual([['Messages'], ['Other']])
    })
  })

  it('links only keys that are in the key store, and moves them from one identifier to another', async () => {
    await inTenant(async () => {
      await keys.importKey(key('a'))
      await dids.importDID(identifier('did:test:1', { keys: [key('a'), key('missing')] }))
      await dids.importDID(identifier('did:test:2', { keys: [{ ...key('a'), publicKeyHex: 'other' }] }))
      expect((await dids.getDID({ did: 'did:test:1' })).keys).toEqual([])
      expect((await dids.getDID({ did: 'did:test:2' })).keys).toEqual([{ ...key('a'), meta: null }])
    })
  })

  it('refuses an alias that another identifier of the provider has, and changes nothing', async () => {
    await inTenant(async () => {
      await keys.importKey(key('a'))
      await dids.importDID(identifier('did:test:1', { alias: 'alias', keys: [key('a')] }))
      await dids.importDID(identifier('did:other:1', { alias: 'alias', provider: 'did:other' }))
      const before = await dids.listDIDs({})
      await expect(
        dids.importDID(identifier('did:test:2', { alias: 'alias', keys: [key('a')] })),
      ).rejects.toMatchObject({ code: 'conflict', status: 409 })
      expect(await dids.listDIDs({})).toEqual(before)
    })
  })

  it('deletes an identifier with its services and the credentials that it issued, and keeps its keys', async () => {
    const store = new DataStore(database)
    const save = (name: string, issuer: string, subject: string) =>
      store.methods.dataStoreSaveVerifiableCredential({
        verifiableCredential: credential(name, { issuer, credentialSubject: { id: subject } }),
      })
    await inTenant(async () => {
      await keys.importKey(key('a'))
      await dids.importDID(identifier('did:test:1', { keys: [key('a')], services: [service('#a')] }))
      const issued = await save('issued', 'did:test:1', 'did:test:2')
      const received = await save('received', 'did:test:2', 'did:test:1')
      expect(await dids.deleteDID({ did: 'did:test:1' })).toBe(true)
      await expect(dids.getDID({ did: 'did:test:1' })).rejects.toThrow('not_found: Identifier not found')
      await expect(store.methods.dataStoreGetVerifiableCredential({ hash: issued })).rejects.toThrow('not_found')
      expect(await store.methods.dataStoreGetVerifiableCredential({ hash: received })).toMatchObject({
        id: 'urn:received',
      })
      await dids.importDID(identifier('did:test:1'))
      expect(await dids.getDID({ did: 'did:test:1' })).toMatchObject({ keys: [], services: [] })
      expect(await keys.listKeys()).toHaveLength(1)
    })
  })

  it('answers what cannot be there as not found', async () => {
    for (const did of ['', 'x'.repeat(1281), 'did:\0', null, 7, {}] as string[]) {
      expect(await inTenant(() => outcomeOf(() => dids.getDID({ did })))).toEqual({
        error: 'not_found: Identifier not found',
      })
      expect(await inTenant(() => dids.deleteDID({ did }))).toBe(true)
    }
    expect(await inTenant(() => dids.listDIDs({ alias: 'x\0' }))).toEqual([])
    for (const args of [{}, { did: 'did:test:1', alias: 'alias' }]) {
      await expect(inTenant(() => dids.getDID(args))).rejects.toMatchObject({ code: 'invalid_argument' })
    }
  })

  it('refuses what cannot be stored', async () => {
    const wrong: Partial<Record<keyof IIdentifier, unknown>>[] = [
      { did: '' },
      { did: 'x'.repeat(1281) },
      { did: { $ne: '' } },
      { alias: 'a\0' },
      { provider: 7 },
      { controllerKeyId: 'x'.repeat(1281) },
      { keys: undefined },
      { keys: [{ kid: 1 }] },
      { services: 'all' },
      { keys: Array.from({ length: 251 }, (_unused, index) => key(String(index))) },
      { services: Array.from({ length: 101 }, (_unused, index) => service(String(index))) },
      { services: [{ ...service('#a'), serviceEndpoint: undefined }] },
      { services: [{ ...service('#a'), serviceEndpoint: 'https://\0' }] },
      { services: [{ ...service('#a'), description: 7 }] },
      { services: [{ ...service(''), type: 'T' }] },
    ]
    for (const changes of wrong) {
      const given = { ...identifier('did:test:1'), ...changes } as IIdentifier
      await expect(inTenant(() => dids.importDID(given))).rejects.toMatchObject({ code: 'invalid_argument' })
    }
    expect(await inTenant(() => dids.listDIDs({}))).toEqual([])
  })

  it('stores names of the greatest length', async () => {
    const long = (start: string) => start.padEnd(1280, Math.random().toString(36))
    const given = identifier(long('did:'), { alias: long('alias'), services: [service(long('#'))] })
    await inTenant(() => dids.importDID(given))
    expect(await inTenant(() => dids.getDID({ did: given.did }))).toMatchObject({ alias: given.alias })
  })
})
