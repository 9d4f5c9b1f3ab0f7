import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createAgent } from '@veramo/core'
import type { IDIDManager, IIdentifier, IKeyManager, TAgent } from '@veramo/core-types'
import { DIDManager } from '@veramo/did-manager'
import { KeyManager, MemoryPrivateKeyStore } from '@veramo/key-manager'
import { KeyManagementSystem } from '@veramo/kms-local'
import { runInTenant, type Database } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { DIDStore, HostedWebDIDProvider, KeyStore } from '../index.js'
import { agentOn, openStudio, studioStores } from './agents.js'

const baseUrl = 'http://localhost:3332'

describeOnEachDatabase('did:web of one tenant, made by two processes at once', (fresh) => {
  let databases: Database[]
  let agents: TAgent<IDIDManager & IKeyManager>[]

  beforeAll(async () => {
    const url = await fresh()
    databases = [await openStudio(url), await openStudio(url)]
    agents = databases.map((database) =>
      createAgent<IDIDManager & IKeyManager>({
        plugins: [
          new KeyManager({
            store: new KeyStore(database),
            kms: { local: new KeyManagementSystem(new MemoryPrivateKeyStore()) },
          }),
          new DIDManager({
            store: new DIDStore(database),
            defaultProvider: 'did:web',
            providers: { 'did:web': new HostedWebDIDProvider({ database, baseUrl, defaultKms: 'local' }) },
          }),
        ],
      }),
    )
  })

  afterAll(async () => {
    for (const database of databases) await database.close()
  })

  it.each(['shop', undefined])(
    'is made once under the alias %s, and keeps the keys of the one that was',
    async (alias) => {
      const args = alias === undefined ? {} : { alias }
      const outcomes = await Promise.allSettled(
        Array.from({ length: 6 }, (_unused, index) =>
          runInTenant('tenant', () => agents[index % 2]!.didManagerCreate(args)),
        ),
      )
      const made = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
      const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
      expect(made).toHaveLength(1)
      const [{ did, controllerKeyId }] = made as [IIdentifier]
      for (const error of refused) {
        expect(error).toMatchObject({
          code: 'conflict',
          status: 409,
          detail: `Identifier with did: ${did} already exists`,
        })
      }
      const stored = await runInTenant('tenant', () => agents[0]!.didManagerGet({ did }))
      expect(stored).toEqual(made[0])
      expect(stored.keys.map(({ kid }) => kid)).toEqual([controllerKeyId])
    },
  )

  it('is made where the tenant only knew it from what it has stored', async () => {
    const did = 'did:web:localhost%3A3332:t:tenant:known'
    const stores = agentOn(studioStores(databases[0]!))
    await runInTenant('tenant', () => stores.dataStoreSaveMessage({ message: { id: 'm', type: 't', from: did } }))
    expect(await runInTenant('tenant', () => agents[0]!.didManagerCreate({ alias: 'known' }))).toMatchObject({ did })
  })
})
