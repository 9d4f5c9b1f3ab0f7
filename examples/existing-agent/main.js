/**
 * Plugins added to an agent that exists already, and keeps Veramo's own stores in its own file.
 *
 *     node examples/existing-agent/main.js [directory]
 *
 * Customers get API keys, permissions, payment addresses and a limit on what they resolve. Their DIDs stay in Veramo's store, which knows one tenant:
 * for data of their own, replace the stores as
 * `stores-before.js` and `stores-after.js` show.
 */
import { createSecretKey, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createAgent } from '@veramo/core'
import { DIDStore, Entities, KeyStore, migrations, PrivateKeyStore } from '@veramo/data-store'
import { DIDManager } from '@veramo/did-manager'
import { getDidKeyResolver, KeyDIDProvider } from '@veramo/did-provider-key'
import { DIDResolverPlugin } from '@veramo/did-resolver'
import { KeyManager } from '@veramo/key-manager'
import { KeyManagementSystem, SecretBox } from '@veramo/kms-local'
import * as accounts from '@veramo-studio/account-manager'
import * as keys from '@veramo-studio/api-key-manager'
import * as billing from '@veramo-studio/billing-manager'
import * as custody from '@veramo-studio/key-custody'
import * as ledgers from '@veramo-studio/ledger'
import { openDatabase } from '@veramo-studio/plugin-kit'
import { tenantAgent } from '@veramo-studio/tenant-agent'
import { DataSource } from 'typeorm'

const directory = process.argv[2] ?? '.'

// The agent as it was: Veramo's stores on sqlite3, in veramo.sqlite.
const dbConnection = new DataSource({
  type: 'sqlite',
  database: join(directory, 'veramo.sqlite'),
  entities: Entities,
  migrations,
  migrationsRun: true,
})
await dbConnection.initialize()
const secretBox = new SecretBox(await SecretBox.createSecretKey())
const yours = [
  new KeyManager({
    store: new KeyStore(dbConnection),
    kms: { local: new KeyManagementSystem(new PrivateKeyStore(dbConnection, secretBox)) },
  }),
  new DIDManager({
    store: new DIDStore(dbConnection),
    defaultProvider: 'did:key',
    providers: { 'did:key': new KeyDIDProvider({ defaultKms: 'local' }) },
  }),
  new DIDResolverPlugin(getDidKeyResolver()),
]

// What is added: a database of its own, in another file, and three plugins.
const packages = [accounts, keys, billing, custody, ledgers]
const database = await openDatabase({
  url: `sqlite:${join(directory, 'studio.sqlite')}`,
  entities: packages.map((each) => each.Entities),
  migrations: packages.map((each) => each.migrations),
})
const vault = await custody.openVault({ database, kek: createSecretKey(randomBytes(32)) })
const ledger = new ledgers.Ledger({ chainKey: await custody.ledgerChainKey({ vault }) })
const metering = new billing.BillingManager({
  database,
  ledger,
  methods: { resolveDid: { effect: 'pure', meter: 'did.resolve' } },
  plans: [{ plan: 'free', limits: { 'did.resolve': 1 } }],
  defaultPlan: 'free',
})
const agent = createAgent({
  plugins: [
    ...yours,
    new keys.ApiKeyManager({ database, pepper: createSecretKey(randomBytes(32)) }),
    new accounts.AccountManager({
      database,
      ledger,
      paymentKeys: new custody.PaymentKeyVault({ vault }),
      defaultPlan: 'free',
    }),
    metering,
  ],
})

const { customerId } = await agent.execute('accountManagerCreate', { name: 'Acme' })
const { token } = await agent.execute('apiKeyManagerCreate', {
  customerId,
  name: 'read only',
  permissions: ['resolveDid'],
})
const { principal } = await agent.execute('apiKeyManagerVerify', { token })
const caller = tenantAgent(agent, principal)

const { did } = await agent.execute('didManagerCreate', {})
const { didDocument } = await caller.execute('resolveDid', { didUrl: did })
const refusal = await caller.execute('didManagerCreate', {}).catch((error) => error.message)
const limit = await caller.execute('resolveDid', { didUrl: did }).catch((error) => error.message)

console.log(JSON.stringify({ resolved: didDocument.id === did, refusal, limit }))
await metering.stop()
await database.close()
await dbConnection.destroy()
