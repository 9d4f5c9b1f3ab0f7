import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runInTenant, type Database } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { FindArgs, TCredentialColumns, UniqueVerifiableCredential, VerifiableCredential } from '@veramo/core-types'
import fc from 'fast-check'
import type { DataSource } from 'typeorm'
import { agentOn, credential, openStudio, openVeramo, outcomeOf, studioStores, veramoStores } from './agents.js'
import type { TestAgent } from './agents.js'
import { determined, randomQueries, type QueriedColumn } from './random-queries.js'

type Query = FindArgs<TCredentialColumns>

const ISSUERS = ['did:test:ann', 'did:test:bob', 'did:test:Cid']
const SUBJECTS = ['did:test:ann', 'did:test:sue', undefined]
const TYPES = ['VerifiableCredential', ['VerifiableCredential', 'Profile'], ['VerifiableCredential', 'profile']]
const CONTEXTS = [['https://www.w3.org/2018/credentials/v1'], ['https://www.w3.org/2018/credentials/v1', { of: 'own' }]]
const DAYS = ['2020-01-01', '2021-06-15', '2022-12-31']

const pick = <T>(values: T[], index: number): T => values[index % values.length] as T

/** Some of everything, with ties in every column but the hash. */
const CREDENTIALS: VerifiableCredential[] = Array.from({ length: 36 }, (_unused, index) =>
  credential(`n${index}`, {
    '@context': pick(CONTEXTS, index >> 2),
    type: pick(TYPES, index),
    id: index % 5 === 0 ? undefined : `urn:${index % 9}`,
    issuer: index % 2 === 0 ? pick(ISSUERS, index >> 1) : { id: pick(ISSUERS, index >> 2) },
    issuanceDate: `${pick(DAYS, index)}T0${index % 4}:00:00.000Z`,
    expirationDate: index % 3 === 0 ? undefined : `${pick(DAYS, index >> 1)}T00:00:00.000Z`,
    credentialSubject: { id: pick(SUBJECTS, index), name: 'x' },
  }),
)

describeOnEachDatabase('beside the credential queries of @veramo/data-store', (fresh, engine) => {
  let database: Database
  let source: DataSource
  let ours: TestAgent
  let theirs: TestAgent
  let hashes: string[]

  const inTenant = <T>(work: () => T) => runInTenant('tenant', work)

  beforeAll(async () => {
    database = await openStudio(await fresh())
    source = await openVeramo(await fresh())
    ours = agentOn(studioStores(database))
    theirs = agentOn(veramoStores(source))
    hashes = []
    for (const verifiableCredential of CREDENTIALS) {
      hashes.push(await theirs.dataStoreSaveVerifiableCredential({ verifiableCredential }))
      await inTenant(() => ours.dataStoreSaveVerifiableCredential({ verifiableCredential }))
      await runInTenant('another', () => ours.dataStoreSaveVerifiableCredential({ verifiableCredential }))
    }
  })

  afterAll(async () => {
    await database.close()
    await source.destroy()
  })

  it('finds and counts the same for any query', async () => {
    let nonEmpty = 0
    await fc.assert(
      fc.asyncProperty(randomQueries<TCredentialColumns>(engine, credentialColumns(engine, hashes)), async (query) => {
        const comparison = { engine, query, idOf, sortKeyOf, indexed: ['hash'] }
        const [expected, found] = [
          await theirs.dataStoreORMGetVerifiableCredentials(query),
          await inTenant(() => ours.dataStoreORMGetVerifiableCredentials(query)),
        ]
        nonEmpty += found.length > 0 ? 1 : 0
        expect(determined(comparison, found)).toEqual(determined(comparison, expected))
        const count = await inTenant(() => ours.dataStoreORMGetVerifiableCredentialsCount(query))
        expect(count).toBe(await theirs.dataStoreORMGetVerifiableCredentialsCount(query))
      }),
      { numRuns: 100 },
    )
    expect(nonEmpty).toBeGreaterThan(20)
  })

  it('answers the same where one DID is authorized', async () => {
    for (const authorizedDID of ['did:test:ann', 'did:test:nobody']) {
      const [expected, found] = [
        await agentOn(veramoStores(source), { authorizedDID }).dataStoreORMGetVerifiableCredentials({}),
        await inTenant(() =>
          agentOn(studioStores(database), { authorizedDID }).dataStoreORMGetVerifiableCredentials({}),
        ),
      ]
      const comparison = { engine, query: {}, idOf, sortKeyOf, indexed: [] }
      expect(determined(comparison, found)).toEqual(determined(comparison, expected))
      const counted = agentOn(studioStores(database), { authorizedDID })
      expect(await inTenant(() => counted.dataStoreORMGetVerifiableCredentialsCount({}))).toBe(expected.length)
    }
  })

  it('refuses the same with the same words, after a code', async () => {
    const wrong = [
      { order: [{ column: 'raw', direction: 'ASC' }] },
      { order: [{ column: 'tenantId', direction: 'ASC' }] },
      { where: [{ column: 'id' }] },
      { where: [{ column: 'id', op: 'Any' }] },
      { where: [{ column: 'id', op: 'Equal' }] },
      { where: [{ column: 'id', op: 'Like', value: [] }] },
      { where: [{ column: 'id', op: 'MoreThan', value: ['a', 'b'] }] },
      { where: [{ column: 'id', op: 'Between', value: ['a'] }] },
    ] as unknown as Query[]
    for (const query of wrong) {
      const expected = (await outcomeOf(() => theirs.dataStoreORMGetVerifiableCredentials(query))) as { error: string }
      const found = await outcomeOf(() => inTenant(() => ours.dataStoreORMGetVerifiableCredentials(query)))
      expect(found).toEqual({ error: `invalid_argument: ${expected.error}` })
    }
  })

  it('knows the identifiers that credentials name, as Veramo does', async () => {
    const [expected, found] = [
      await theirs.dataStoreORMGetIdentifiers({}),
      await inTenant(() => ours.dataStoreORMGetIdentifiers({})),
    ]
    expect(new Set(found.map(({ did }) => did))).toEqual(new Set(expected.map(({ did }) => did)))
    expect(found[0]).toEqual({ did: expect.any(String), keys: [], services: [] })
    const did = 'did:test:sue'
    expect(await inTenant(() => ours.didManagerGet({ did }))).toEqual({ ...(await theirs.didManagerGet({ did })) })
    expect(await inTenant(() => ours.didManagerFind())).toEqual(await theirs.didManagerFind())
  })
})

const idOf = ({ hash }: UniqueVerifiableCredential) => hash

function sortKeyOf(column: string, { verifiableCredential }: UniqueVerifiableCredential): unknown {
  const { id, issuanceDate, expirationDate, proof, type, ...rest } = verifiableCredential
  const keys = { id, issuanceDate, expirationDate, context: rest['@context'], type, hash: proof['jwt'] as unknown }
  return keys[column as keyof typeof keys]
}

/** In the form that Veramo's SQLite compares dates in. */
const storedDates = DAYS.flatMap((day) => [`${day} 00:00:00.000`, `${day} 02:00:00.000`])

function credentialColumns(
  engine: string,
  hashes: readonly string[],
): Partial<Record<TCredentialColumns, QueriedColumn>> {
  const isPostgres = engine === 'postgres'
  const did = (samples: string[], patterns: string[]): QueriedColumn => ({ samples, patterns, sortable: false })
  const date = (patterns: string[], samples: string[]): QueriedColumn => ({
    samples: isPostgres ? storedDates : [...storedDates, ...samples],
    ...(!isPostgres && { patterns }),
  })
  return {
    context: {
      samples: [...CONTEXTS.map((context) => context.map(String).join()), 'https', 'z'],
      patterns: ['https%', '%own%', '%', '%[object%'],
    },
    type: {
      samples: [...TYPES.map((type) => [type].flat().join()), 'VerifiableCredential,zzz', 'a'],
      patterns: ['%profile', '%Profile', '%PROFILE', 'VerifiableCredentia_%', '%,%'],
    },
    id: { samples: ['urn:1', 'urn:2', 'urn:8', 'urn:none', ''], patterns: ['urn:_', 'URN:%', '%1', '100\\%%'] },
    issuer: did([...ISSUERS, 'did:test:b', 'nobody'], ['did:test:c%', 'did:test:C%', '%bob', "' OR 1=1 --"]),
    subject: did(['did:test:ann', 'did:test:sue', 'did:test:c'], ['%sue', '%']),
    expirationDate: date(['2021-06-15%'], ['no date']),
    issuanceDate: date(['2020-%', '%'], ['no date', '']),
    hash: { samples: [0, 7, 14, 21].map((index) => String(hashes[index])), patterns: ['Qm%', 'qm%'] },
  }
}
