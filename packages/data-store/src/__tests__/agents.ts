import { createAgent } from '@veramo/core'
import type {
  IAgentPlugin,
  IDataStore,
  IDataStoreORM,
  IDIDManager,
  IKeyManager,
  IService,
  TAgent,
  VerifiableCredential,
} from '@veramo/core-types'
import {
  DataStore as VeramoDataStore,
  DataStoreORM as VeramoDataStoreORM,
  DIDStore as VeramoDIDStore,
  Entities as veramoEntities,
  KeyStore as VeramoKeyStore,
  migrations as veramoMigrations,
} from '@veramo/data-store'
import { DIDManager, type AbstractDIDStore } from '@veramo/did-manager'
import { KeyDIDProvider } from '@veramo/did-provider-key'
import { KeyManager, MemoryPrivateKeyStore, type AbstractKeyStore } from '@veramo/key-manager'
import { KeyManagementSystem } from '@veramo/kms-local'
import { openDatabase, type Database } from '@veramo-studio/plugin-kit'
import { DataSource } from 'typeorm'
import { DataStore, DataStoreORM, DIDStore, Entities, KeyStore, migrations } from '../index.js'

export type TestAgent = TAgent<IDIDManager & IKeyManager & IDataStore & IDataStoreORM>

/** The stores of one agent: ours, or Veramo's own. */
export interface Stores {
  dids: AbstractDIDStore
  keys: AbstractKeyStore
  plugins: IAgentPlugin[]
}

export function openStudio(url: string): Promise<Database> {
  return openDatabase({ url, entities: [Entities], migrations: [migrations] })
}

export function studioStores(database: Database): Stores {
  return {
    dids: new DIDStore(database),
    keys: new KeyStore(database),
    plugins: [new DataStore(database), new DataStoreORM(database)],
  }
}

/** Opens a database of Veramo's own data store, on the engine that the address names. */
export async function openVeramo(url: string): Promise<DataSource> {
  const place = url.startsWith('sqlite:')
    ? ({ type: 'sqlite', database: url.slice('sqlite:'.length) } as const)
    : ({ type: 'postgres', url } as const)
  const source = new DataSource({ ...place, entities: veramoEntities, migrations: veramoMigrations })
  await source.initialize()
  await source.runMigrations()
  return source
}

export function veramoStores(source: DataSource): Stores {
  return {
    dids: new VeramoDIDStore(source),
    keys: new VeramoKeyStore(source),
    plugins: [new VeramoDataStore(source), new VeramoDataStoreORM(source)],
  }
}

/** An agent with Veramo's managers on the given stores. */
export function agentOn({ dids, keys, plugins }: Stores, context: Record<string, unknown> = {}): TestAgent {
  const provider = new KeyDIDProvider({ defaultKms: 'local' })
  return createAgent<IDIDManager & IKeyManager & IDataStore & IDataStoreORM>({
    context,
    plugins: [
      new KeyManager({ store: keys, kms: { local: new KeyManagementSystem(new MemoryPrivateKeyStore()) } }),
      new DIDManager({
        store: dids,
        defaultProvider: 'did:key',
        providers: { 'did:key': provider, 'did:other': provider },
      }),
      ...plugins,
    ],
  })
}

export const service = (id: string, changes: Partial<IService> = {}): IService => ({
  id,
  type: 'Messages',
  serviceEndpoint: 'https://example.com/messages',
  ...changes,
})

export const credential = (name: string, changes: Record<string, unknown> = {}): VerifiableCredential => ({
  '@context': ['https://www.w3.org/2018/credentials/v1'],
  type: ['VerifiableCredential', 'Profile'],
  id: `urn:${name}`,
  issuer: { id: 'did:test:issuer' },
  issuanceDate: '2020-06-16T11:06:51.680Z',
  credentialSubject: { id: 'did:test:subject', name },
  proof: { type: 'JwtProof2020', jwt: `jwt.of.${name}` },
  ...changes,
})

/** What a call ends in: its result, or its error's message. Something to compare. */
export async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    // As it would arrive over the wire: no class, no undefined member.
    return JSON.parse(JSON.stringify({ result: await call() })) as unknown
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
