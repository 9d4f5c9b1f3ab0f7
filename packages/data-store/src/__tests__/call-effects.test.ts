import { afterEach, beforeEach, expect, it } from '@jest/globals'
import {
  openDatabase,
  runAsPrincipal,
  type Database,
  type MeteredCall,
  type Principal,
} from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { CallEffects, DataStore, DIDStore, Entities, KeyStore, migrations } from '../index.js'

const credential = {
  '@context': ['https://www.w3.org/2018/credentials/v1'],
  type: ['VerifiableCredential'],
  issuer: { id: 'did:example:issuer' },
  issuanceDate: '2030-01-01T00:00:00.000Z',
  credentialSubject: { id: 'did:example:subject' },
  proof: { type: 'JwtProof2020', jwt: 'a.b.c' },
}

describeOnEachDatabase('what a call has stored', (fresh) => {
  let database: Database
  beforeEach(async () => {
    database = await openDatabase({ url: await fresh(), entities: Entities, migrations })
  })
  afterEach(() => database.close())

  const callOf = (callId: string): MeteredCall => ({ callId, guardWrite: async () => undefined })
  const as = <T>(tenantId: string, callId: string, work: () => Promise<T>) => {
    const principal: Principal = { tenantId, role: 'customer', permissions: ['*'], environment: 'live' }
    return runAsPrincipal(principal, work, callOf(callId))
  }
  const effectsOf = (tenantId: string, callId: string) =>
    database.read((manager) => new CallEffects().find(manager, { tenantId, callId }), { acrossTenants: true })
  const importDid = (did: string) =>
    new DIDStore(database).importDID({ did, provider: 'did:key', controllerKeyId: 'k', keys: [], services: [] })

  it('is found by the call and the tenant, and by nothing else', async () => {
    await as('alice', 'call1', async () => {
      await new KeyStore(database).importKey({ kid: 'k', type: 'Ed25519', kms: 'local', publicKeyHex: '00' })
      await importDid('did:key:z1')
    })
    expect(await effectsOf('alice', 'call1')).toEqual([
      { kind: 'did', id: 'did:key:z1' },
      { kind: 'key', id: 'k' },
    ])
    expect(await effectsOf('alice', 'call2')).toEqual([])
    expect(await effectsOf('bob', 'call1')).toEqual([])
  })

  it('names credentials by their hash, and leaves out the DIDs that they only mention', async () => {
    const agent = new DataStore(database).methods
    const hash = await as('alice', 'call1', () =>
      agent.dataStoreSaveVerifiableCredential({ verifiableCredential: credential }),
    )
    expect(await effectsOf('alice', 'call1')).toEqual([{ kind: 'credential', id: hash }])
  })

  it('is nothing where the call has been given up before its write', async () => {
    const principal: Principal = { tenantId: 'alice', role: 'customer', permissions: ['*'], environment: 'live' }
    const givenUp: MeteredCall = {
      callId: 'call1',
      guardWrite: async () => {
        throw new Error('given up')
      },
    }
    await expect(runAsPrincipal(principal, () => importDid('did:key:z1'), givenUp)).rejects.toThrow('given up')
    expect(await effectsOf('alice', 'call1')).toEqual([])
    expect(await as('alice', 'call2', () => new DIDStore(database).listDIDs({}))).toEqual([])
  })
})
