import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runInTenant, type Database } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { DataSource } from 'typeorm'
import { agentOn, openStudio, openVeramo, service, studioStores, veramoStores, type TestAgent } from './agents.js'
import { importVeramoStore, type ImportProgress, type VeramoImportOptions } from '../index.js'
import { CREDENTIALS, MESSAGES, PRESENTATIONS } from './message-samples.js'

describeOnEachDatabase('the import of a store of Veramo’s', (fresh, engine) => {
  let database: Database
  let source: DataSource
  let theirs: TestAgent
  let ours: TestAgent
  let kid: string

  beforeAll(async () => {
    database = await openStudio(await fresh())
    source = await openVeramo(await fresh())
    theirs = agentOn(veramoStores(source))
    ours = agentOn(studioStores(database))
    for (const alias of ['b', 'a', undefined]) {
      const { did } = await theirs.didManagerCreate({ ...(alias && { alias }), provider: 'did:key' })
      const options = { localOnly: true }
      await theirs.didManagerAddService({ did, service: service(`${did}#1`, { description: 'x' }), options })
      await theirs.didManagerAddService({
        did,
        service: service(`${did}#2`, { serviceEndpoint: { a: ['b'] } }),
        options,
      })
    }
    ;({ kid } = await theirs.keyManagerCreate({ kms: 'local', type: 'Secp256k1', meta: { algorithms: ['ES256K'] } }))
    for (const verifiableCredential of CREDENTIALS)
      await theirs.dataStoreSaveVerifiableCredential({ verifiableCredential })
    for (const verifiablePresentation of PRESENTATIONS) {
      await theirs.dataStoreSaveVerifiablePresentation({ verifiablePresentation })
    }
    for (const message of MESSAGES) await theirs.dataStoreSaveMessage({ message })
    const { publicKeyHex } = await theirs.keyManagerGet({ kid })
    const insert = `INSERT INTO "private-key" ("alias", "type", "privateKeyHex") VALUES ('${kid}', 'Secp256k1', '${publicKeyHex}')`
    await source.query(insert)
  })

  afterAll(async () => {
    await database.close()
    await source.destroy()
  })

  /** The private key of this test is the text of its public key. */
  const options = (changes: Partial<VeramoImportOptions> = {}): VeramoImportOptions => ({
    source: { engine, query: (statement, parameters) => source.query(statement, parameters) },
    database,
    openPrivateKey: async (sealed) => sealed,
    keepPrivateKey: async ({ privateKeyHex }) => ({ publicKeyHex: privateKeyHex }),
    kms: 'vault',
    ...changes,
  })

  const questions: ((agent: TestAgent) => Promise<unknown>)[] = [
    (agent) => agent.didManagerFind(),
    (agent) => agent.dataStoreORMGetIdentifiersCount({}),
    (agent) => agent.dataStoreORMGetVerifiableCredentials({}),
    (agent) => agent.dataStoreORMGetVerifiablePresentations({}),
    (agent) => agent.dataStoreORMGetMessages({}),
    (agent) => agent.dataStoreORMGetVerifiableCredentialsByClaims({ where: [{ column: 'value', value: ['Ann'] }] }),
    (agent) => agent.dataStoreORMGetVerifiableCredentialsByClaimsCount({}),
  ]

  async function expectAllIn(tenantId: string): Promise<void> {
    for (const question of questions) {
      const [expected, found] = [await question(theirs), await runInTenant(tenantId, () => question(ours))]
      expect(comparable(found)).toEqual(comparable(expected))
    }
    const key = await runInTenant(tenantId, () => ours.keyManagerGet({ kid }))
    expect(key).toEqual({ ...(await theirs.keyManagerGet({ kid })), kms: 'vault' })
  }

  /** Veramo’s own list gives the endpoints of services as they are stored, on Postgres in any order. */
  function parsed(answer: unknown): unknown {
    return JSON.parse(JSON.stringify(answer), (name, value: unknown): unknown => {
      if (name === 'serviceEndpoint' && typeof value === 'string' && value.startsWith('{')) return JSON.parse(value)
      return name === 'services' ? (value as { id: string }[]).sort((a, b) => (a.id < b.id ? -1 : 1)) : value
    })
  }

  /** On Postgres Veramo's queries promise no order: the one on SQLite is that of the rows. */
  function comparable(answer: unknown): unknown {
    const value = parsed(answer)
    if (engine === 'sqlite' || !Array.isArray(value)) return value
    const idOf = (each: unknown) => /"(?:did|hash|id)":"[^"]+"/.exec(JSON.stringify(each))?.[0] ?? ''
    return value.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1)) as unknown[]
  }

  it('loses nothing, keeps every order, and says so', async () => {
    const progress: ImportProgress[] = []
    const tables = await runInTenant('one', () =>
      importVeramoStore(options({ onProgress: (each) => progress.push(each) })),
    )
    expect(tables.map(({ label, source: there, imported }) => [label, there, imported])).toEqual([
      ['identifiers', 6, 6],
      ['keys', 4, 4],
      ['services', 6, 6],
      ['credentials', 12, 12],
      ['presentations', 12, 12],
      ['messages', 18, 18],
      ['credentials of messages', 3, 3],
      ['presentations of messages', 3, 3],
      ['private keys', 1, 1],
    ])
    expect(progress.filter(({ step, done, total }) => step === 'import' && done === total)).toHaveLength(9)
    await expectAllIn('one')
  })

  it('completes what was cut short, and changes nothing the third time', async () => {
    const cutAt = (label: string) =>
      options({
        onProgress: (progress) => {
          if (progress.label === label) throw new Error('cut short')
        },
      })
    const import_ = (given = options()) => runInTenant('two', () => importVeramoStore(given))
    for (const label of ['private keys', 'identifiers', 'credentials', 'messages']) {
      await expect(import_(cutAt(label))).rejects.toThrow('cut short')
    }
    const first = await import_()
    await expectAllIn('two')
    expect(await import_()).toEqual(first)
    await expectAllIn('two')
  })

  it('leaves what the tenant had, and what others have, as it is', async () => {
    await runInTenant('three', () => ours.didManagerCreate({ alias: 'own', provider: 'did:key' }))
    const own = await runInTenant('three', () => ours.didManagerGetByAlias({ alias: 'own' }))
    await runInTenant('three', () => importVeramoStore(options()))
    expect(await runInTenant('three', () => ours.didManagerGetByAlias({ alias: 'own' }))).toEqual(own)
    expect(await runInTenant('nobody', () => ours.didManagerFind())).toEqual([])
    await runInTenant('four', () => ours.didManagerCreate({ alias: 'a', provider: 'did:key' }))
    const taken = runInTenant('four', () => importVeramoStore(options()))
    await expect(taken).rejects.toMatchObject({ code: 'conflict' })
  })

  it('fails where a private key is not the one of its public key, or does not open', async () => {
    const import_ = (changes: Partial<VeramoImportOptions>) =>
      runInTenant('five', () => importVeramoStore(options(changes)))
    const other = import_({ keepPrivateKey: async () => ({ publicKeyHex: 'other' }) })
    await expect(other).rejects.toMatchObject({ code: 'private_key_unreadable' })
    await expect(import_({ openPrivateKey: () => Promise.reject(new Error('closed')) })).rejects.toThrow('closed')
    expect(await runInTenant('five', () => ours.didManagerFind())).toEqual([])
  })

  it('tells where what is here differs from what was there', async () => {
    let writes = 0
    const lossy = new Proxy(database, {
      get: (target, member, receiver) => {
        if (member !== 'write') return Reflect.get(target, member, receiver) as unknown
        return (work: Parameters<Database['write']>[0]) =>
          (writes += 1) === 4 ? undefined : target.write(work, { acrossTenants: true })
      },
    })
    const import_ = runInTenant('six', () => importVeramoStore(options({ database: lossy })))
    await expect(import_).rejects.toMatchObject({
      code: 'import_incomplete',
      detail: expect.stringContaining('credentials'),
    })
    await expect(importVeramoStore(options())).rejects.toMatchObject({ code: 'tenant_required' })
  })
})
