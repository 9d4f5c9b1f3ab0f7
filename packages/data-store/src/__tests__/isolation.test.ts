import { afterAll, beforeAll, expect, it } from '@jest/globals'
import {
  OPERATOR_TENANT_ID,
  runAsOperator,
  runAsPrincipal,
  runInTenant,
  type Database,
  type Principal,
} from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { IIdentifier, IKey } from '@veramo/core-types'
import { agentOn, credential, openStudio, outcomeOf, service, studioStores, type TestAgent } from './agents.js'
import { DIDStore, KeyStore } from '../index.js'

const key = (kid: string): IKey => ({ kid, type: 'Ed25519', kms: 'local', publicKeyHex: `public${kid}` })

const identifier = (did: string, changes: Partial<IIdentifier> = {}): IIdentifier => ({
  did,
  provider: 'did:test',
  keys: [],
  services: [],
  ...changes,
})

describeOnEachDatabase('the tenants of a data store', (fresh) => {
  let database: Database
  let dids: DIDStore
  let keys: KeyStore
  let agent: TestAgent
  let count = 0

  beforeAll(async () => {
    database = await openStudio(await fresh())
    dids = new DIDStore(database)
    keys = new KeyStore(database)
    agent = agentOn(studioStores(database))
  })

  afterAll(() => database.close())

  const newTenant = () => `tenant-of-test-${(count += 1)}`

  /** Stores one of everything, under names that every tenant gives. */
  async function fill(tenantId: string): Promise<string> {
    return runInTenant(tenantId, async () => {
      await keys.importKey({ ...key('kid'), meta: { of: tenantId } })
      const services = [service('#one', { description: tenantId })]
      await dids.importDID(
        identifier('did:test:1', { alias: 'alias', controllerKeyId: 'kid', keys: [key('kid')], services }),
      )
      const verifiableCredential = credential('same', { issuer: 'did:test:1' })
      return agent.dataStoreSaveVerifiableCredential({ verifiableCredential })
    })
  }

  /** Everything that can be asked. */
  const questions = (hash: string): (() => Promise<unknown>)[] => [
    () => agent.didManagerGet({ did: 'did:test:1' }),
    () => agent.didManagerGetByAlias({ alias: 'alias' }),
    () => agent.didManagerFind(),
    () => agent.didManagerFind({ alias: 'alias', provider: 'did:test' }),
    () => agent.keyManagerGet({ kid: 'kid' }),
    () => keys.listKeys(),
    () => agent.dataStoreGetVerifiableCredential({ hash }),
    () => agent.dataStoreORMGetVerifiableCredentials({}),
    () => agent.dataStoreORMGetVerifiableCredentials({ where: [{ column: 'id', op: 'IsNull', not: true }] }),
    () => agent.dataStoreORMGetVerifiableCredentialsCount({ where: [{ column: 'hash', value: [hash] }] }),
    () => agent.dataStoreORMGetIdentifiers({}),
    () => agent.dataStoreORMGetIdentifiersCount({}),
  ]

  const askIn = (tenantId: string, hash: string) =>
    runInTenant(tenantId, () => Promise.all(questions(hash).map((question) => outcomeOf(question))))

  it('get the same answers whether another tenant has what they ask for, or nobody', async () => {
    const tenant = newTenant()
    const hash = await fill(newTenant())
    const answers = await askIn(tenant, hash)
    const unknown = await runInTenant(tenant, () =>
      Promise.all([
        outcomeOf(() => agent.didManagerGet({ did: 'did:test:none' })),
        outcomeOf(() => agent.didManagerGetByAlias({ alias: 'none' })),
        outcomeOf(() => agent.didManagerFind({ alias: 'none' })),
        outcomeOf(() => agent.didManagerFind({ provider: 'none' })),
        outcomeOf(() => agent.keyManagerGet({ kid: 'none' })),
        outcomeOf(async () => []),
        outcomeOf(() => agent.dataStoreGetVerifiableCredential({ hash: 'none' })),
        ...[[], [], 0, [], 0].map((result) => outcomeOf(async () => result)),
      ]),
    )
    expect(answers).toEqual(unknown)
    expect(answers[0]).toEqual({ error: 'not_found: Identifier not found' })
    expect(answers[4]).toEqual({ error: 'not_found: Key not found' })
    expect(answers[6]).toEqual({ error: 'not_found: Verifiable credential not found' })
  })

  it('cannot change or delete what another has', async () => {
    const [owner, other] = [newTenant(), newTenant()]
    const hash = await fill(owner)
    const before = await askIn(owner, hash)
    await runInTenant(other, async () => {
      expect(await dids.deleteDID({ did: 'did:test:1' })).toBe(true)
      await expect(keys.deleteKey({ kid: 'kid' })).rejects.toThrow('not_found: Key not found')
      expect(await agent.dataStoreDeleteVerifiableCredential({ hash })).toBe(false)
      await keys.importKey(key('own'))
      await dids.importDID(identifier('did:test:2', { alias: 'alias', keys: [key('kid'), key('own')] }))
      await dids.importDID(identifier('did:test:1', { services: [service('#one'), service('#two')] }))
      await dids.importDID(identifier('did:test:1', { services: [service('#one')] }))
      expect((await dids.getDID({ did: 'did:test:1' })).services).toEqual([{ ...service('#one'), description: null }])
      expect((await dids.getDID({ did: 'did:test:2' })).keys).toEqual([{ ...key('own'), meta: null }])
    })
    expect(await askIn(owner, hash)).toEqual(before)
  })

  it('may hold the same DID, key, alias, service and credential, and delete them one by one', async () => {
    const [first, second, third] = [newTenant(), newTenant(), newTenant()]
    const hash = await fill(first)
    expect(await fill(second)).toBe(hash)
    await fill(third)
    const before = await askIn(second, hash)
    await runInTenant(first, async () => {
      await dids.deleteDID({ did: 'did:test:1' })
      await keys.deleteKey({ kid: 'kid' })
    })
    await runInTenant(third, async () => {
      expect(await agent.dataStoreDeleteVerifiableCredential({ hash })).toBe(true)
      expect(await agent.dataStoreDeleteVerifiableCredential({ hash })).toBe(false)
    })
    expect(await askIn(second, hash)).toEqual(before)
    expect((await askIn(first, hash))[5]).toEqual({ result: [] })
  })

  it('learn nothing of each other from order or counts', async () => {
    const [alone, crowded, noise] = [newTenant(), newTenant(), newTenant()]
    const names = ['c', 'a', 'b']
    const storeOne = async (name: string) => {
      await keys.importKey(key(name))
      await dids.importDID(identifier(`did:test:${name}`, { keys: [key(name)] }))
      await agent.dataStoreSaveVerifiableCredential({ verifiableCredential: credential(name) })
    }
    for (const name of names) await runInTenant(alone, () => storeOne(name))
    for (const name of names) {
      await runInTenant(noise, () => storeOne(name))
      await runInTenant(crowded, () => storeOne(name))
      await runInTenant(noise, () => dids.deleteDID({ did: 'did:test:a' }))
    }
    expect(await askIn(crowded, 'none')).toEqual(await askIn(alone, 'none'))
    const listed = await runInTenant(crowded, () => keys.listKeys())
    expect(listed.map(({ kid }) => kid)).toEqual(names)
  })

  it('are named by the scope of the call, whatever the arguments say', async () => {
    const [owner, other] = [newTenant(), newTenant()]
    const hash = await fill(owner)
    const before = await askIn(owner, hash)
    const forged = { tenantId: owner }
    await runInTenant(other, async () => {
      await keys.importKey({ ...key('kid'), publicKeyHex: 'forged', ...forged })
      await dids.importDID({ ...identifier('did:test:1'), services: [{ ...service('#f'), ...forged }], ...forged })
      const verifiableCredential = { ...credential('same'), ...forged }
      await agent.dataStoreSaveVerifiableCredential({ verifiableCredential, ...forged })
      await dids.listDIDs({ alias: 'alias', ...forged })
      expect(await agent.dataStoreORMGetVerifiableCredentialsCount({ take: 1, ...forged })).toBe(1)
      await dids.deleteDID({ did: 'did:test:1', ...forged })
      await expect(agent.dataStoreORMGetIdentifiers({ where: [{ column: 'tenantId' as 'did' }] })).rejects.toThrow(
        'invalid_argument: Invalid column name: tenantId',
      )
    })
    expect(await askIn(owner, hash)).toEqual(before)
  })

  it('show nowhere in a result', async () => {
    const tenant = newTenant()
    const hash = await runInTenant(tenant, async () => {
      await keys.importKey(key('kid'))
      await dids.importDID(identifier('did:test:1', { alias: 'alias', keys: [key('kid')], services: [service('#1')] }))
      return agent.dataStoreSaveVerifiableCredential({ verifiableCredential: credential('x') })
    })
    const answers = JSON.stringify(await askIn(tenant, hash))
    expect(answers).toContain('did:test:1')
    expect(answers).not.toMatch(/tenant|position|createdAt|savedAt/)
  })

  it('are required by every method', async () => {
    const hash = await fill(newTenant())
    const methods = [
      ...questions(hash),
      () => dids.getDID({ did: 'did:test:1' }),
      () => dids.listDIDs({}),
      () => dids.importDID(identifier('did:test:1')),
      () => dids.deleteDID({ did: 'did:test:1' }),
      () => keys.getKey({ kid: 'kid' }),
      () => keys.importKey(key('kid')),
      () => keys.deleteKey({ kid: 'kid' }),
      () => agent.dataStoreSaveVerifiableCredential({ verifiableCredential: credential('x') }),
      () => agent.dataStoreDeleteVerifiableCredential({ hash }),
    ]
    const operator: Principal = {
      tenantId: OPERATOR_TENANT_ID,
      role: 'operator',
      permissions: ['*'],
      environment: 'live',
    }
    for (const method of methods) {
      await expect(method()).rejects.toMatchObject({ code: 'tenant_required' })
      await expect(runAsPrincipal(operator, method)).rejects.toMatchObject({ code: 'tenant_required' })
    }
  })

  it('are all listed for the operator, who names one to write or to read a single row', async () => {
    const tenants = [newTenant(), newTenant()]
    const hashes = []
    for (const tenant of tenants) hashes.push(await fill(tenant))
    const hash = hashes[0] ?? ''
    await runAsOperator(async () => {
      const aliases = (await dids.listDIDs({ alias: 'alias' })).map(({ services }) => services[0]?.description)
      expect(aliases).toEqual(expect.arrayContaining(tenants))
      expect((await keys.listKeys()).map(({ meta }) => meta?.['of'] as unknown)).toEqual(
        expect.arrayContaining(tenants),
      )
      const where = [{ column: 'hash' as const, value: [hash] }]
      const found = await agent.dataStoreORMGetVerifiableCredentials({ where })
      expect(found.length).toBeGreaterThanOrEqual(tenants.length)
      expect(await agent.dataStoreORMGetVerifiableCredentialsCount({ where })).toBe(found.length)
      const identifiers = await agent.dataStoreORMGetIdentifiers({ where: [{ column: 'alias', value: ['alias'] }] })
      expect(identifiers).toHaveLength(aliases.length)
      expect(identifiers.every((each) => each.keys?.length === 1 || each.keys?.length === 0)).toBe(true)
      for (const refused of [
        () => dids.getDID({ did: 'did:test:1' }),
        () => dids.importDID(identifier('did:test:1')),
        () => dids.deleteDID({ did: 'did:test:1' }),
        () => keys.getKey({ kid: 'kid' }),
        () => keys.importKey(key('kid')),
        () => keys.deleteKey({ kid: 'kid' }),
        () => agent.dataStoreGetVerifiableCredential({ hash }),
        () => agent.dataStoreSaveVerifiableCredential({ verifiableCredential: credential('x') }),
        () => agent.dataStoreDeleteVerifiableCredential({ hash }),
      ]) {
        await expect(refused()).rejects.toMatchObject({ code: 'tenant_required' })
      }
    })
  })
})
