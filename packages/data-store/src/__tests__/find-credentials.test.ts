import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runInTenant, type Database } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { FindArgs, TCredentialColumns } from '@veramo/core-types'
import { DataStore, DataStoreORM } from '../index.js'
import { credential, openStudio } from './agents.js'

type Query = FindArgs<TCredentialColumns>
type Context = Parameters<DataStoreORM['methods']['dataStoreORMGetVerifiableCredentials']>[1]

/** A plugin's method takes no more of a context than this. */
const context = {} as Context

describeOnEachDatabase('finding credentials', (fresh, engine) => {
  let database: Database
  let orm: DataStoreORM

  const inTenant = <T>(work: () => T) => runInTenant('tenant', work)
  const find = (query: Query) =>
    inTenant(async () => {
      const found = await orm.methods.dataStoreORMGetVerifiableCredentials(query, context)
      return found.map(({ verifiableCredential }) => verifiableCredential.id?.replace('urn:', ''))
    })
  const count = (query: Query) => inTenant(() => orm.methods.dataStoreORMGetVerifiableCredentialsCount(query, context))

  beforeAll(async () => {
    database = await openStudio(await fresh())
    orm = new DataStoreORM(database)
    const store = new DataStore(database)
    const rows: [name: string, issuer: string, issuanceDate: string][] = [
      ['d', 'did:test:2', '2020-01-01T00:00:00Z'],
      ['a', 'did:test:1', '2020-01-01T12:00:00+02:00'],
      ['c', 'did:test:2', '2020-01-01'],
      ['b', 'did:test:1', '2022-01-01T00:00:00.123456Z'],
    ]
    for (const [name, issuer, issuanceDate] of rows) {
      const verifiableCredential = credential(name, { issuer, issuanceDate })
      await inTenant(() => store.methods.dataStoreSaveVerifiableCredential({ verifiableCredential }))
    }
  })

  afterAll(() => database.close())

  it('returns them in the order they were stored in', async () => {
    expect(await find({})).toEqual(['d', 'a', 'c', 'b'])
    expect(await find({ where: [{ column: 'id', value: ['urn:b', 'urn:a', 'urn:d'] }] })).toEqual(['d', 'a', 'b'])
  })

  it('combines all conditions with AND, those on one column too', async () => {
    const from = { column: 'id', op: 'MoreThanOrEqual', value: ['urn:b'] } as const
    const to = { column: 'id', op: 'LessThan', value: ['urn:d'] } as const
    expect(
      await find({ where: [{ ...from, value: ['urn:b'] }, to].map((each) => ({ ...each, value: [...each.value] })) }),
    ).toEqual(['c', 'b'])
  })

  it('sorts by all columns that are named, by issuer and subject too', async () => {
    const byIssuer = { column: 'issuer', direction: 'DESC' } as const
    expect(await find({ order: [byIssuer] })).toEqual(['d', 'c', 'a', 'b'])
    expect(await find({ order: [byIssuer, { column: 'id', direction: 'ASC' }] })).toEqual(['c', 'd', 'a', 'b'])
    expect(
      await find({ order: [byIssuer, { column: 'id', direction: 'ASC' }, { column: 'issuer', direction: 'ASC' }] }),
    ).toEqual(['c', 'd', 'a', 'b'])
    expect(await find({ order: [{ column: 'subject', direction: 'DESC' }] })).toEqual(['d', 'a', 'c', 'b'])
    expect(await find({ order: [{ column: 'hash', direction: 'DESC' }] })).toEqual(
      (await find({ order: [{ column: 'hash', direction: 'ASC' }] })).reverse(),
    )
  })

  it('compares dates as instants, however they are written', async () => {
    const same = ['2020-01-01T10:00:00.000Z', '2020-01-01 10:00:00.000', '2020-01-01T12:00+02:00', '2020-01-01t10:00z']
    for (const value of same) {
      expect(await find({ where: [{ column: 'issuanceDate', op: 'Equal', value: [value] }] })).toEqual(['a'])
    }
    const after = { column: 'issuanceDate', op: 'MoreThan', value: ['2020-01-01T09:00:00Z'] } as const
    expect(await find({ where: [{ ...after, value: [...after.value] }] })).toEqual(['a', 'b'])
    expect(await find({ where: [{ column: 'issuanceDate', op: 'Like', value: ['2022-01-01T%'] }] })).toEqual(['b'])
    expect(await find({ where: [{ column: 'issuanceDate', value: ['no date'] }] })).toEqual([])
  })

  it('knows Any as In, on both databases', async () => {
    expect(await find({ where: [{ column: 'id', op: 'Any', value: ['urn:a', 'urn:x'] }] })).toEqual(['a'])
    expect(await find({ where: [{ column: 'id', op: 'Any', value: [] }] })).toEqual([])
    expect(await find({ where: [{ column: 'id', op: 'Any', not: true, value: [] }] })).toHaveLength(4)
  })

  it('pages through everything once, and counts all of it', async () => {
    const order = [{ column: 'issuer' as const, direction: 'ASC' as const }]
    const pages = []
    for (let skip = 0; skip < 4; skip += 2) pages.push(...(await find({ order, skip, take: 2 })))
    expect(pages).toEqual(await find({ order }))
    expect(await find({ skip: 3 })).toEqual(['b'])
    expect(await count({ order, skip: 3, take: 1 })).toBe(4)
  })

  it('binds what it is given, and never runs it', async () => {
    const texts = ["' OR 1=1 --", '"; DROP TABLE studio_credential; --', ':credential_0', '$1', '?', '%s', '\\']
    for (const text of texts) {
      expect(await find({ where: [{ column: 'id', op: 'Equal', value: [text] }] })).toEqual([])
      expect(await find({ where: [{ column: 'issuer', value: [text, text] }] })).toEqual([])
    }
    expect(await count({})).toBe(4)
  })

  it('refuses what is no query', async () => {
    const wrong: [query: unknown, message: string][] = [
      [{ where: [{ column: 'nope', value: ['x'] }] }, 'Invalid column name: nope'],
      [{ where: [{ column: '__proto__', value: ['x'] }] }, 'Invalid column name: __proto__'],
      [{ order: [{ column: 'tenantId', direction: 'ASC' }] }, 'Invalid column name: tenantId'],
      [{ order: [{ column: 'id', direction: 'ASC; DROP TABLE x' }] }, 'order.0.direction must be equal'],
      [{ where: [{ column: 'id', op: 'Regex', value: ['x'] }] }, 'where.0.op must be equal'],
      [{ where: [{ column: 'id', value: [{ $ne: 1 }] }] }, 'where.0.value.0 must be string'],
      [{ where: [{ column: 'id', value: ['a\0b'] }] }, 'a value must not have U+0000'],
      [{ where: { column: 'id' } }, 'where must be array'],
      [{ take: -1 }, 'take must be an integer'],
      [{ skip: 1.5 }, 'skip must be an integer'],
      [{ take: '1' }, 'take must be number'],
      [{ where: Array.from({ length: 101 }, () => ({ column: 'id', op: 'IsNull' })) }, 'more than 100 items'],
      [{ where: [{ column: 'id', value: Array.from({ length: 10_001 }, String) }] }, 'more than 10000 values'],
      [{ where: [{ column: 'id', op: 'Like', value: ['x'.repeat(50_001)] }] }, 'more than 50000 bytes'],
      ['everything', 'the arguments object must be object'],
    ]
    for (const [query, message] of wrong) {
      await expect(find(query as Query)).rejects.toMatchObject({
        code: 'invalid_argument',
        detail: expect.stringContaining(message),
      })
    }
  })

  it('takes as much as it says it takes', async () => {
    const equal = { column: 'id', op: 'Equal', value: ['urn:a'] }
    const value = Array.from({ length: 9_901 }, (_unused, index) => `urn:${index}`)
    const where = [{ column: 'id' as const, value }, ...Array.from({ length: 99 }, () => equal)]
    expect(await find({ where: where as Query['where'] })).toEqual([])
    expect(await find({ where: [{ column: 'id', op: 'Like', value: ['%'.repeat(50_000)] }] })).toHaveLength(4)
  })

  it('answers a pattern that Postgres cannot read like any other wrong argument', async () => {
    const pattern = find({ where: [{ column: 'id', op: 'Like', value: ['urn:\\'] }] })
    if (engine === 'sqlite') expect(await pattern).toEqual([])
    else await expect(pattern).rejects.toMatchObject({ code: 'invalid_argument' })
    expect(await find({ where: [{ column: 'id', op: 'Like', value: ['urn:\\\\'] }] })).toEqual([])
  })
})
