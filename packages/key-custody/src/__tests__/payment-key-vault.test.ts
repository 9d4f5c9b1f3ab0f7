import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { secp256k1 } from '@noble/curves/secp256k1'
import { createAgent, type TAgent } from '@veramo/core'
import {
  AccountManager,
  Entities as AccountEntities,
  migrations as accountMigrations,
  type IAccountManager,
} from '@veramo-studio/account-manager'
import { Entities as LedgerEntities, Ledger, migrations as ledgerMigrations } from '@veramo-studio/ledger'
import { openDatabase, type Database } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { Entities, migrations, openVault, PaymentKeyVault, type KeyVault } from '../index.js'
import { DataKeyRow } from '../typeorm/data-key-row.js'
import { SealedKeyRow } from '../typeorm/sealed-key-row.js'
import { newKek } from './open-custody.js'

describeOnEachDatabase('PaymentKeyVault', (fresh) => {
  let database: Database
  let vault: KeyVault
  let paymentKeys: PaymentKeyVault
  let agent: TAgent<IAccountManager>

  beforeEach(async () => {
    database = await openDatabase({
      url: await fresh(),
      entities: [Entities, AccountEntities, LedgerEntities],
      migrations: [migrations, accountMigrations, ledgerMigrations],
    })
    vault = await openVault({ database, kek: newKek() })
    paymentKeys = new PaymentKeyVault({ vault })
    const ledger = new Ledger({ chainKey: await vault.serviceKey('ledger-chain') })
    agent = createAgent<IAccountManager>({ plugins: [new AccountManager({ database, paymentKeys, ledger })] })
  })

  afterEach(() => database.close())

  const rowCounts = () =>
    database.read(async (manager) => [await manager.count(DataKeyRow), await manager.count(SealedKeyRow)], {
      acrossTenants: true,
    })

  it('seals the key behind each address that an account is made with', async () => {
    const { customerId } = await agent.accountManagerCreate({ name: 'Ada' })
    const addresses = await database.read(
      (manager) => manager.query<{ network: string; publicKeyHex: string }[]>('SELECT * FROM studio_payment_address'),
      { acrossTenants: true },
    )
    expect(addresses).toHaveLength(2)
    for (const { network, publicKeyHex } of addresses) {
      const key = await vault.open({ tenantId: customerId, purpose: 'payment', kid: `payment:${network}` })
      expect(key?.keyType).toBe('Secp256k1')
      const derived = secp256k1.getPublicKey(key?.bytes as Buffer, true)
      expect(Buffer.from(derived).toString('hex')).toBe(publicKeyHex)
    }
  })

  it('leaves no key behind when the account is not made', async () => {
    await agent.accountManagerCreate({ name: 'Ada', email: 'ada@example.com' })
    const before = await rowCounts()
    const taken = agent.accountManagerCreate({ name: 'Another', email: 'ada@example.com' })
    await expect(taken).rejects.toMatchObject({ code: 'email_taken' })
    const undone = database.write(
      async (manager) => {
        await paymentKeys.create(manager, { tenantId: 'somebody', network: 'testnet' })
        throw new Error('no account after all')
      },
      { acrossTenants: true },
    )
    await expect(undone).rejects.toThrow('no account after all')
    expect(await rowCounts()).toEqual(before)
  })

  it('makes the keys of many accounts at once, all different', async () => {
    await Promise.all(Array.from({ length: 12 }, (_unused, index) => agent.accountManagerCreate({ name: `${index}` })))
    expect(await rowCounts()).toEqual([12, 24])
    const { items } = await agent.accountManagerList({})
    const addresses = items.flatMap(({ paymentAccount: { mainnet, testnet } }) => [mainnet, testnet])
    expect(new Set(addresses).size).toBe(24)
  })

  it('never replaces a key', async () => {
    const key = { tenantId: 'ada', network: 'mainnet' } as const
    const id = { tenantId: 'ada', purpose: 'payment', kid: 'payment:mainnet' } as const
    await database.write((manager) => paymentKeys.create(manager, key), { acrossTenants: true })
    const first = await vault.open(id)
    const second = database.write((manager) => paymentKeys.create(manager, key), { acrossTenants: true })
    await expect(second).rejects.toMatchObject({ code: 'conflict' })
    expect(await vault.open(id)).toEqual(first)
  })
})
