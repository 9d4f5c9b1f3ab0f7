/**
 * The whole product in one program, without HTTP: `agent.execute` on an agent made here.
 *
 *     node examples/embedded/main.js [database file]
 */
import { createSecretKey, randomBytes } from 'node:crypto'
import { createAgent } from '@veramo/core'
import { CredentialProviderJWT } from '@veramo/credential-jwt'
import { CredentialPlugin } from '@veramo/credential-w3c'
import { DIDManager } from '@veramo/did-manager'
import { getDidKeyResolver, KeyDIDProvider } from '@veramo/did-provider-key'
import { DIDResolverPlugin } from '@veramo/did-resolver'
import { KeyManager } from '@veramo/key-manager'
import * as accounts from '@veramo-studio/account-manager'
import * as keys from '@veramo-studio/api-key-manager'
import * as billing from '@veramo-studio/billing-manager'
import * as store from '@veramo-studio/data-store'
import * as custody from '@veramo-studio/key-custody'
import * as ledgers from '@veramo-studio/ledger'
import { openDatabase } from '@veramo-studio/plugin-kit'
import { tenantAgent } from '@veramo-studio/tenant-agent'

const packages = [accounts, keys, billing, store, custody, ledgers]
const database = await openDatabase({
  url: `sqlite:${process.argv[2] ?? './embedded.sqlite'}`,
  entities: packages.map(({ Entities }) => Entities),
  migrations: packages.map(({ migrations }) => migrations),
})

// Keep these two, or what is sealed stays sealed and no token verifies.
const kek = createSecretKey(randomBytes(32))
const pepper = createSecretKey(randomBytes(32))
const vault = await custody.openVault({ database, kek })
const ledger = new ledgers.Ledger({ chainKey: await custody.ledgerChainKey({ vault }) })

// What each method leaves behind and costs, and what a customer may use: here, two DIDs.
const metering = new billing.BillingManager({
  database,
  ledger,
  methods: {
    didManagerCreate: { effect: 'stored', meter: 'did.create', makes: 'did' },
    didManagerFind: { effect: 'pure', free: true },
    createVerifiableCredential: { effect: 'pure', free: true },
    verifyCredential: { effect: 'pure', free: true },
    billingManagerGetUsage: { effect: 'pure', free: true },
  },
  plans: [{ plan: 'trial', trialDays: 30, limits: { 'did.create': 2 } }],
  defaultPlan: 'trial',
  effects: [new store.CallEffects()],
})

const agent = createAgent({
  plugins: [
    new keys.ApiKeyManager({ database, pepper }),
    new accounts.AccountManager({ database, ledger, paymentKeys: new custody.PaymentKeyVault({ vault }) }),
    metering,
    new KeyManager({
      store: new store.KeyStore(database),
      kms: { local: new custody.CustodianKms({ database, vault }) },
    }),
    new DIDManager({
      store: new store.DIDStore(database),
      defaultProvider: 'did:key',
      providers: { 'did:key': new KeyDIDProvider({ defaultKms: 'local' }) },
    }),
    new DIDResolverPlugin(getDidKeyResolver()),
    new CredentialPlugin([new CredentialProviderJWT()]),
    new store.DataStore(database),
    new store.DataStoreORM(database),
  ],
})

// The operator's own code: nothing is checked.
const customer = await agent.execute('accountManagerCreate', { name: 'Acme' })
const { token } = await agent.execute('apiKeyManagerCreate', { customerId: customer.customerId, name: 'default' })

// A call for a customer: its key says who it is, and its agent sees nothing else.
const { principal } = await agent.execute('apiKeyManagerVerify', { token })
const acme = tenantAgent(agent, principal)
const { did } = await acme.execute('didManagerCreate', { alias: 'issuer' })
const credential = await acme.execute('createVerifiableCredential', {
  credential: { issuer: { id: did }, credentialSubject: { id: 'did:example:ada', name: 'Ada' } },
  proofFormat: 'jwt',
})
const { verified } = await acme.execute('verifyCredential', { credential })

// Its second DID is the last that the plan gives.
await acme.execute('didManagerCreate', {})
const refusal = await acme.execute('didManagerCreate', {}).catch((error) => error.message)
const { meters } = await acme.execute('billingManagerGetUsage', {})

const other = await agent.execute('accountManagerCreate', { name: 'Other' })
const others = tenantAgent(agent, { ...principal, tenantId: other.customerId })
const seen = await others.execute('didManagerFind', {})

console.log(
  JSON.stringify({
    customer: customer.name,
    did,
    verified,
    refusal,
    used: meters[0].used,
    seenByTheOther: seen.length,
  }),
)
await metering.stop()
await database.close()
