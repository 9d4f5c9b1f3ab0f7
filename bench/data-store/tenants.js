/**
 * The whole product in this process, with caches of 500 entries each: so many customers each make a `did:key` with their
 * own API key, and sign once. Tells what memory is in use after the first few, and at the end.
 */
import { createSecretKey, randomBytes } from 'node:crypto'
import v8 from 'node:v8'
import vm from 'node:vm'
import { createAgent } from '@veramo/core'
import { DIDManager } from '@veramo/did-manager'
import { KeyDIDProvider } from '@veramo/did-provider-key'
import { KeyManager } from '@veramo/key-manager'
import * as accounts from '@veramo-studio/account-manager'
import * as keys from '@veramo-studio/api-key-manager'
import * as billing from '@veramo-studio/billing-manager'
import * as store from '@veramo-studio/data-store'
import * as custody from '@veramo-studio/key-custody'
import * as ledgers from '@veramo-studio/ledger'
import { openDatabase } from '@veramo-studio/plugin-kit'
import { tenantAgent } from '@veramo-studio/tenant-agent'

const [url, few, many] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
const ENTRIES = 500
const AT_ONCE = 50
const PACKAGES = [accounts, keys, billing, store, custody, ledgers]

v8.setFlagsFromString('--expose-gc')
const collectGarbage = vm.runInNewContext('gc')

const database = await openDatabase({
  url,
  entities: PACKAGES.map(({ Entities }) => Entities),
  migrations: PACKAGES.map(({ migrations }) => migrations),
})
const vault = await custody.openVault({ database, kek: createSecretKey(randomBytes(32)), cachedDataKeys: ENTRIES })
const ledger = new ledgers.Ledger({ chainKey: await custody.ledgerChainKey({ vault }) })
const metering = new billing.BillingManager({
  ...{ database, ledger, defaultPlan: 'trial', recovery: 'manual' },
  methods: {
    didManagerCreate: { effect: 'stored', meter: 'did.create', makes: 'did' },
    keyManagerSign: { effect: 'pure', free: true },
  },
  plans: [{ plan: 'trial', trialDays: 30, limits: { 'did.create': 2 } }],
  effects: [new store.CallEffects()],
})
const agent = createAgent({
  plugins: [
    new keys.ApiKeyManager({ database, pepper: createSecretKey(randomBytes(32)), cachedKeys: ENTRIES }),
    new accounts.AccountManager({ database, ledger, paymentKeys: new custody.PaymentKeyVault({ vault }) }),
    metering,
    new KeyManager({
      store: new store.KeyStore(database),
      kms: { local: new custody.CustodianKms({ database, vault, cache: { maxEntries: ENTRIES } }) },
    }),
    new DIDManager({
      store: new store.DIDStore(database),
      defaultProvider: 'did:key',
      providers: { 'did:key': new KeyDIDProvider({ defaultKms: 'local' }) },
    }),
  ],
})

let active = 0
let lastKey
for (const tenants of [few, many]) {
  for (; active < tenants; active += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, beActive))
  // What is counted in memory is saved: it is nobody's for longer than a minute.
  await agent.execute('apiKeyManagerGetUsage', lastKey)
  for (let pass = 0; pass < 4; pass += 1) collectGarbage()
  process.send(process.memoryUsage())
}
await metering.stop()
await database.close()
process.disconnect()

async function beActive() {
  const { customerId } = await agent.execute('accountManagerCreate', { name: 'bench' })
  const { token, apiKey } = await agent.execute('apiKeyManagerCreate', { customerId, name: 'bench' })
  const { principal } = await agent.execute('apiKeyManagerVerify', { token })
  const customer = tenantAgent(agent, principal)
  const { keys } = await customer.execute('didManagerCreate', { provider: 'did:key' })
  await customer.execute('keyManagerSign', { keyRef: keys[0].kid, data: 'bench' })
  lastKey = { customerId, keyId: apiKey.keyId }
}
