import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import { createAgent } from '@veramo/core'
import type { IDIDManager, IIdentifier, IKeyManager, TAgent, VerifiableCredential } from '@veramo/core-types'
import { DIDStore, Entities, KeyStore, migrations, PrivateKeyStore } from '@veramo/data-store'
import { DIDManager } from '@veramo/did-manager'
import { KeyDIDProvider } from '@veramo/did-provider-key'
import { KeyManager } from '@veramo/key-manager'
import { KeyManagementSystem, SecretBox } from '@veramo/kms-local'
import { describeOnEachDatabase, temporaryDirectory } from '@veramo-studio/test-support'
import { DataSource } from 'typeorm'
import { servedContext } from './agents/served.js'
import { ServiceProcess } from './agents/service-process.js'
import { newCustomer } from './agents/suite-context.js'

/** A test runs several commands, one after another. */
jest.setTimeout(180_000)

describeOnEachDatabase('veramo-studio import', (fresh, engine) => {
  const directory = temporaryDirectory()
  const context = servedContext(fresh)

  beforeAll(() => context.setup())
  afterAll(() => context.tearDown())

  /** An agent as people have it, with its own keys. */
  async function existingAgent(url: string, secretKey: string) {
    const place =
      engine === 'sqlite'
        ? ({ type: 'sqlite', database: url.slice('sqlite:'.length) } as const)
        : ({ type: 'postgres', url } as const)
    const source = new DataSource({ ...place, entities: Entities, migrations, migrationsRun: true })
    await source.initialize()
    const kms = new KeyManagementSystem(new PrivateKeyStore(source, new SecretBox(secretKey)))
    const agent: TAgent<IDIDManager & IKeyManager> = createAgent({
      plugins: [
        new KeyManager({ store: new KeyStore(source), kms: { old: kms } }),
        new DIDManager({
          store: new DIDStore(source),
          defaultProvider: 'did:key',
          providers: { 'did:key': new KeyDIDProvider({ defaultKms: 'old' }) },
        }),
      ],
    })
    return { agent, source }
  }

  it('takes an agent’s DIDs and keys into one customer, who signs with them from now on', async () => {
    const from = await fresh()
    const secretKey = await SecretBox.createSecretKey()
    const { agent: old, source } = await existingAgent(from, secretKey)
    const did = await old.didManagerCreate({ alias: 'main' })
    const types = ['Ed25519', 'X25519', 'Secp256k1', 'Secp256r1'] as const
    for (const type of types) await old.keyManagerCreate({ kms: 'old', type, kid: type })
    await source.destroy()

    const { account, agent } = await newCustomer(context)
    const { customerId } = account
    const { environment } = context.service()
    // Beside the service, which goes on.
    const run = (...args: string[]) => new ServiceProcess({ ...environment, VERAMO_SECRET_KEY: secretKey }).run(args)

    const keyFile = join(directory, `${engine}.key`)
    writeFileSync(keyFile, `${await SecretBox.createSecretKey()}\n`)
    const wrong = await run('import', '--from', from, '--customer', customerId, '--secret-key-file', keyFile)
    expect([wrong.code, wrong.errors.trim().split('\n').at(-1)]).toEqual([
      1,
      'setting_invalid: a private key does not open: the secret key is another one',
    ])
    const nobody = await run('import', '--from', from, '--customer', 'nobody')
    expect([nobody.code, nobody.errors]).toEqual([1, expect.stringMatching(/^not_found: /)])
    const nothing = await run('import', '--from', join(directory, 'none.sqlite'), '--customer', customerId)
    expect([nothing.code, nothing.errors]).toEqual([1, expect.stringMatching(/^setting_invalid: what --from names/)])

    for (let count = 0; count < 2; count += 1) {
      const done = await run('import', '--from', from, '--customer', customerId)
      expect(done.code).toBe(0)
      expect(done.errors).toMatch(/importing keys: 100 %/)
      expect(done.output).toMatch(/private keys +5 +5/)
      expect(done.output).not.toContain(secretKey)
    }
    const imported = await agent.execute<object, IIdentifier>('didManagerGetByAlias', {
      alias: 'main',
      provider: 'did:key',
    })
    expect(imported).toEqual({ ...did, keys: did.keys.map((key) => ({ ...key, kms: 'local' })) })
    const credential = { issuer: { id: did.did }, credentialSubject: { id: 'did:example:a', name: 'A' } }
    const issued = await agent.execute<object, VerifiableCredential>('createVerifiableCredential', {
      ...{ credential, proofFormat: 'jwt' },
    })
    expect(await agent.execute('verifyCredential', { credential: issued })).toMatchObject({ verified: true })
    for (const keyRef of ['Ed25519', 'Secp256k1', 'Secp256r1']) {
      expect(await agent.execute('keyManagerSign', { keyRef, data: 'x' })).toEqual(expect.any(String))
    }
  })
})
