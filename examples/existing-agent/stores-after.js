/**
 * An agent before and after its stores are switched: Veramo's own, and those for many tenants, of which it is one.
 * `switch-stores.diff` is all that changes.
 *
 *     node examples/existing-agent/stores-before.js [file]
 *     node examples/existing-agent/stores-after.js [file]
 */
import { createAgent } from '@veramo/core'
import * as store from '@veramo-studio/data-store'
import { DIDManager } from '@veramo/did-manager'
import { KeyDIDProvider } from '@veramo/did-provider-key'
import { KeyManager } from '@veramo/key-manager'
import { KeyManagementSystem, SecretBox } from '@veramo/kms-local'
import { openDatabase } from '@veramo-studio/plugin-kit'

const database = process.argv[2] ?? './agent.sqlite'
const dbConnection = await openDatabase({
  url: `sqlite:${database}`,
  entities: store.Entities,
  migrations: store.migrations,
  defaultTenantId: 'main',
})

const secretBox = new SecretBox(await SecretBox.createSecretKey())
const agent = createAgent({
  plugins: [
    new KeyManager({
      store: new store.KeyStore(dbConnection),
      kms: { local: new KeyManagementSystem(new store.PrivateKeyStore(dbConnection, secretBox)) },
    }),
    new DIDManager({
      store: new store.DIDStore(dbConnection),
      defaultProvider: 'did:key',
      providers: { 'did:key': new KeyDIDProvider({ defaultKms: 'local' }) },
    }),
    new store.DataStore(dbConnection),
    new store.DataStoreORM(dbConnection),
  ],
})

const { did, controllerKeyId } = await agent.didManagerCreate({ alias: 'main' })
const signature = await agent.keyManagerSign({ keyRef: controllerKeyId, data: 'hello' })
const hash = await agent.dataStoreSaveVerifiableCredential({
  verifiableCredential: {
    '@context': ['https://www.w3.org/2018/credentials/v1'],
    type: ['VerifiableCredential', 'Profile'],
    issuer: { id: 'did:example:issuer' },
    issuanceDate: '2024-01-01T00:00:00Z',
    credentialSubject: { id: 'did:example:ada', name: 'Ada' },
    proof: { type: 'JwtProof2020', jwt: 'a.b.c' },
  },
})
const byName = await agent.dataStoreORMGetVerifiableCredentialsByClaims({
  where: [{ column: 'value', value: ['Ada'] }],
})
const main = await agent.didManagerGetByAlias({ alias: 'main' })

console.log(JSON.stringify({ found: main.did === did, signed: signature !== '', hash, byName: byName.length }))
await dbConnection.close()
