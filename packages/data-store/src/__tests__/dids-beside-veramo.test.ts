import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runInTenant, type Database } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase, temporaryDirectory } from '@veramo-studio/test-support'
import type { IIdentifier } from '@veramo/core-types'
import fc from 'fast-check'
import type { DataSource } from 'typeorm'
import { agentOn, openStudio, openVeramo, outcomeOf, service, studioStores, veramoStores } from './agents.js'
import type { Stores, TestAgent } from './agents.js'

const privateKeyHex = (digit: string) => digit.repeat(64)

describeOnEachDatabase('beside the DIDs and keys of @veramo/data-store', (fresh) => {
  const directory = temporaryDirectory()
  let database: Database
  let source: DataSource
  let ours: Stores
  let theirs: Stores
  let runs = 0

  beforeAll(async () => {
    database = await openStudio(await fresh())
    source = await openVeramo(`sqlite:${directory}/veramo.sqlite`)
    ours = studioStores(database)
    theirs = veramoStores(source)
  })

  afterAll(async () => {
    await database.close()
    await source.destroy()
  })

  /** Runs the same calls on both, each from empty, and returns both lists of outcomes. */
  async function onBoth<On>(
    calls: ((on: On) => Promise<unknown>)[],
    make: (stores: Stores) => On,
  ): Promise<{ ours: unknown[]; theirs: unknown[] }> {
    for (const table of ['key', 'service', 'identifier']) await source.query(`DELETE FROM "${table}"`)
    const run = async (on: On) => {
      const outcomes = []
      for (const call of calls) outcomes.push(comparable(await outcomeOf(() => call(on))))
      return outcomes
    }
    const theirOutcomes = await run(make(theirs))
    const ourOutcomes = await runInTenant(`tenant${(runs += 1)}`, () => run(make(ours)))
    return { ours: ourOutcomes, theirs: theirOutcomes }
  }

  it('answers the methods of the managers alike', async () => {
    const create = (alias: string, digit: string, provider?: string) => (agent: TestAgent) =>
      agent.didManagerCreate({ alias, provider, options: { key: { privateKeyHex: privateKeyHex(digit) } } })
    const of = (alias: string, call: (agent: TestAgent, identifier: IIdentifier) => Promise<unknown>) => {
      return async (agent: TestAgent) => call(agent, await agent.didManagerGetByAlias({ alias }))
    }
    const calls: ((agent: TestAgent) => Promise<unknown>)[] = [
      create('first', '1'),
      create('second', '2', 'did:other'),
      create('first', '3'),
      (agent) => agent.didManagerCreate({ options: { key: { privateKeyHex: privateKeyHex('4') } } }),
      of('first', (agent, { did }) => agent.didManagerGet({ did })),
      (agent) => agent.didManagerGet({ did: 'did:key:nobody' }),
      (agent) => agent.didManagerGetByAlias({ alias: 'nobody' }),
      of('first', (agent, { did }) =>
        agent.didManagerAddService({ did, service: service('a', { description: 'x' }), options: { localOnly: true } }),
      ),
      of('first', (agent, { did }) =>
        agent.didManagerAddService({ did, service: service('b'), options: { localOnly: true } }),
      ),
      (agent) => agent.didManagerFind(),
      (agent) => agent.didManagerFind({ provider: 'did:other' }),
      (agent) => agent.didManagerFind({ alias: 'first', provider: 'did:key' }),
      (agent) => agent.didManagerFind({ alias: 'nobody' }),
      of('first', (agent, { did }) => agent.didManagerRemoveService({ did, id: 'a', options: { localOnly: true } })),
      of('second', (agent, { did }) => agent.didManagerSetAlias({ did, alias: 'renamed' })),
      (agent) => agent.keyManagerCreate({ kms: 'local', type: 'Secp256k1', kid: 'own' }).then(({ kid }) => kid),
      of('renamed', async (agent, { did }) =>
        agent.didManagerAddKey({
          did,
          key: await agent.keyManagerGet({ kid: 'nobody' }),
          options: { localOnly: true },
        }),
      ),
      of('renamed', (agent, { keys }) => agent.keyManagerGet({ kid: keys[0]?.kid ?? '' })),
      of('renamed', (agent, { did, keys }) =>
        agent.didManagerRemoveKey({ did, kid: keys[0]?.kid ?? '', options: { localOnly: true } }),
      ),
      (agent) => agent.didManagerFind(),
      (agent) => agent.dataStoreORMGetIdentifiers({}),
      (agent) => agent.dataStoreORMGetIdentifiersCount({}),
      of('first', (agent, { did }) => agent.didManagerDelete({ did })),
      (agent) => agent.didManagerGetByAlias({ alias: 'first' }),
      (agent) => agent.didManagerFind(),
      (agent) => agent.keyManagerGet({ kid: 'nobody' }),
      (agent) => agent.keyManagerDelete({ kid: 'nobody' }),
    ]
    const outcomes = await onBoth(calls, agentOn)
    expect(outcomes.ours).toEqual(outcomes.theirs)
    expect(outcomes.ours.filter((outcome) => Object.hasOwn(outcome as object, 'error'))).toHaveLength(7)
  })

  it('answers any sequence of calls to the stores alike', async () => {
    await fc.assert(
      fc.asyncProperty(storeCalls, async (calls) => {
        const everything = [
          (on: Stores) => on.dids.listDIDs({}),
          (on: Stores) => on.keys.listKeys({}),
          ...DIDS.map((did) => (on: Stores) => on.dids.getDID({ did })),
        ]
        const outcomes = await onBoth([...calls, ...everything], (stores) => stores)
        expect(outcomes.ours).toEqual(outcomes.theirs)
      }),
      { numRuns: 30 },
    )
  })
})

const DIDS = ['did:test:1', 'did:test:2', 'did:test:3']
const did = fc.constantFrom(...DIDS)
const kid = fc.constantFrom('k1', 'k2', 'k3', 'k4')
const provider = fc.constantFrom('did:test', 'did:other')
const alias = fc.constantFrom('one', 'two', undefined)

/** Ids of services differ between DIDs, and a description is always there: Veramo's services are one set for all DIDs. */
const servicesOf = (owner: string) =>
  fc.uniqueArray(
    fc.record({
      id: fc.constantFrom(`${owner}#a`, `${owner}#b`, `${owner}#c`),
      type: fc.constantFrom('T', 'U'),
      serviceEndpoint: fc.constantFrom('https://example.com', 'plain'),
      description: fc.constantFrom('d', 'e'),
    }),
    { selector: ({ id }) => id, maxLength: 3 },
  )

const importCall = did.chain((owner) =>
  fc
    .record({
      provider,
      alias,
      controllerKeyId: fc.option(kid, { nil: undefined }),
      kids: fc.uniqueArray(kid),
      services: servicesOf(owner),
    })
    .map(({ kids, ...rest }): StoreCall => {
      const keys = kids.map((each) => ({ kid: each, type: 'Ed25519' as const, kms: 'x', publicKeyHex: 'x' }))
      return Object.assign((on: Stores) => on.dids.importDID({ did: owner, ...rest, keys }), { imports: owner })
    }),
)

/** A call, and which DID it imports or deletes, if it does. */
type StoreCall = ((on: Stores) => Promise<unknown>) & { imports?: string; deletes?: string }

const storeCall: fc.Arbitrary<StoreCall> = fc.oneof(
  importCall,
  fc
    .record({ kid, kms: fc.constantFrom('local', 'other'), meta: fc.constantFrom(undefined, { tag: 1 }) })
    .map((key) => {
      return (on: Stores) => on.keys.importKey({ type: 'Ed25519', publicKeyHex: `of${key.kid}`, ...key })
    }),
  kid.map((each) => (on: Stores) => on.keys.getKey({ kid: each })),
  kid.map((each) => (on: Stores) => on.keys.deleteKey({ kid: each })),
  did.map((each) => Object.assign((on: Stores) => on.dids.deleteDID({ did: each }), { deletes: each })),
  fc.record({ alias, provider }).map((filter) => (on: Stores) => on.dids.listDIDs(filter)),
)

/**
 * A DID that was deleted is not imported again: Veramo leaves its keys pointing at it, and gives them to the new one,
 * whatever keys that is given.
 */
const storeCalls = fc.array(storeCall, { minLength: 1, maxLength: 20 }).map((calls) => {
  const deleted = new Set<string>()
  return calls.filter(({ imports, deletes }) => {
    if (deletes !== undefined) deleted.add(deletes)
    return imports === undefined || !deleted.has(imports)
  })
})

/** Evens out what is no promise of Veramo's: the order within an identifier, and the words of the database itself. */
function comparable(outcome: unknown): unknown {
  const text = JSON.stringify(outcome, (name, value: unknown) => {
    if ((name === 'keys' || name === 'services') && Array.isArray(value)) {
      return value.map((item) => item as { kid?: string; id?: string }).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    }
    if (name !== 'error') return value
    const message = String(value).replace(/^(not_found|invalid_argument): /, '')
    return /^conflict: |UNIQUE constraint failed/.test(message) ? 'conflict' : message
  })
  return JSON.parse(text) as unknown
}

const nameOf = ({ kid: keyId, id }: { kid?: string; id?: string }) => keyId ?? id ?? ''
