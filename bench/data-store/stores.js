/** The stores of both sides, behind the same methods. */
import { createSecretKey, randomBytes } from 'node:crypto'
import { createAgent } from '@veramo/core'
import * as veramo from '@veramo/data-store'
import { DIDManager } from '@veramo/did-manager'
import { KeyDIDProvider } from '@veramo/did-provider-key'
import { KeyManager } from '@veramo/key-manager'
import { KeyManagementSystem, SecretBox } from '@veramo/kms-local'
import * as studio from '@veramo-studio/data-store'
import * as custody from '@veramo-studio/key-custody'
import { openDatabase, runInTenant } from '@veramo-studio/plugin-kit'
import { DataSource } from 'typeorm'

export const TENANT = 'tenant-1'
const DID = 'did:example:one'

export async function openStudio(url) {
  const database = await openDatabase({
    url,
    entities: [studio.Entities, custody.Entities],
    migrations: [studio.migrations, custody.migrations],
  })
  const vault = await custody.openVault({ database, kek: createSecretKey(randomBytes(32)) })
  const inTenant = (work) => runInTenant(TENANT, work)
  return {
    ...(await methodsOf(studio, database, { kms: new custody.CustodianKms({ database, vault }), run: inTenant })),
    database,
    close: () => database.close(),
  }
}

/** @param options of the data source, without what Veramo's store brings */
export async function openVeramo(options) {
  const { Entities: entities, migrations } = veramo
  const source = new DataSource({ ...options, entities, migrations, migrationsRun: true })
  await source.initialize()
  const secretBox = new SecretBox(await SecretBox.createSecretKey())
  const kms = new KeyManagementSystem(new veramo.PrivateKeyStore(source, secretBox))
  return {
    ...(await methodsOf(veramo, source, { kms, run: (work) => work() })),
    close: () => source.destroy(),
  }
}

async function methodsOf({ DataStore, DataStoreORM, DIDStore, KeyStore }, database, { kms, run }) {
  const { methods: store } = new DataStore(database)
  const { methods: orm } = new DataStoreORM(database)
  const dids = new DIDStore(database)
  const agent = createAgent({
    plugins: [
      new KeyManager({ store: new KeyStore(database), kms: { local: kms } }),
      new DIDManager({
        store: dids,
        defaultProvider: 'did:key',
        providers: { 'did:key': new KeyDIDProvider({ defaultKms: 'local' }) },
      }),
    ],
  })
  const services = [{ id: `${DID}#1`, type: 'X', serviceEndpoint: 'https://example.com' }]
  await run(() => dids.importDID({ did: DID, provider: 'did:example', alias: 'one', keys: [], services }))
  return {
    save: (verifiableCredential) => run(() => store.dataStoreSaveVerifiableCredential({ verifiableCredential })),
    get: (hash) => run(() => store.dataStoreGetVerifiableCredential({ hash })),
    find: (args) => run(() => orm.dataStoreORMGetVerifiableCredentials(args, {})),
    count: (args) => run(() => orm.dataStoreORMGetVerifiableCredentialsCount(args, {})),
    getDid: () => run(() => dids.getDID({ did: DID })),
    createDid: () => run(() => agent.didManagerCreate({ provider: 'did:key' })),
  }
}
