import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { runInTenant, type Database } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { computeEntryHash } from '@veramo/utils'
import type { VerifiableCredential } from '@veramo/core-types'
import { DataStore, DataStoreORM } from '../index.js'
import { credential, openStudio } from './agents.js'

type Context = Parameters<DataStoreORM['methods']['dataStoreORMGetVerifiableCredentials']>[1]

describeOnEachDatabase('saving a credential', (fresh) => {
  let url: string
  let database: Database
  let tenant = 0

  beforeAll(async () => {
    url = await fresh()
    database = await openStudio(url)
  })

  beforeEach(() => void (tenant += 1))

  afterAll(() => database.close())

  const inTenant = <T>(work: () => T) => runInTenant(`tenant${tenant}`, work)
  const methods = () => new DataStore(database).methods
  const save = (verifiableCredential: VerifiableCredential) =>
    inTenant(() => methods().dataStoreSaveVerifiableCredential({ verifiableCredential }))
  const read = (hash: string) => inTenant(() => methods().dataStoreGetVerifiableCredential({ hash }))
  const list = () =>
    inTenant(() => new DataStoreORM(database).methods.dataStoreORMGetVerifiableCredentials({}, {} as Context))

  it('returns the hash that Veramo computes, under which the same credential is read, also after a restart', async () => {
    const given = [
      credential('jwt'),
      credential('proof', {
        proof: { type: 'Ed25519Signature2018', jws: 'x' },
        issuer: 'did:test:1',
        extra: { a: [1, null] },
      }),
      credential('bare', {
        type: 'One',
        '@context': 'https://one.example',
        id: undefined,
        credentialSubject: { of: 1 },
      }),
    ]
    const hashes = []
    for (const each of given) hashes.push(await save(each))
    expect(hashes).toEqual(given.map((each) => computeEntryHash(each)))
    await database.close()
    database = await openStudio(url)
    for (const [index, hash] of hashes.entries()) {
      expect(await read(hash)).toEqual(JSON.parse(JSON.stringify(given[index])))
    }
  })

  it('changes nothing the second time, and keeps the place of what it replaces', async () => {
    const first = await save(credential('a'))
    await save(credential('b'))
    const before = await list()
    expect(await save(credential('a'))).toBe(first)
    expect(await list()).toEqual(before)
    // The hash is that of the JWT alone.
    expect(await save(credential('a', { id: 'urn:changed' }))).toBe(first)
    expect((await list()).map(({ verifiableCredential }) => verifiableCredential.id)).toEqual(['urn:changed', 'urn:b'])
  })

  it('happens once, however many save it at the same time', async () => {
    const hashes = await Promise.all(Array.from({ length: 20 }, () => save(credential('a'))))
    expect(new Set(hashes).size).toBe(1)
    expect(await list()).toHaveLength(1)
  })

  it('is undone by deleting, which tells whether there was anything', async () => {
    const hash = await save(credential('a'))
    const remove = (which: string) => inTenant(() => methods().dataStoreDeleteVerifiableCredential({ hash: which }))
    expect(await remove(hash)).toBe(true)
    expect(await remove(hash)).toBe(false)
    expect(await remove('\0')).toBe(false)
    await expect(read(hash)).rejects.toThrow('not_found: Verifiable credential not found')
    await expect(read('\0')).rejects.toThrow('not_found: Verifiable credential not found')
  })

  it('refuses what is no credential, or cannot be stored', async () => {
    const wrong: Record<string, unknown>[] = [
      { issuanceDate: 'the other day' },
      { issuanceDate: '2020-13-45' },
      { issuanceDate: undefined },
      { expirationDate: '2020-02-30T25:00:00Z' },
      { issuer: undefined },
      { issuer: '' },
      { issuer: 'x'.repeat(1281) },
      { credentialSubject: undefined },
      { credentialSubject: { id: 'did:\0' } },
      { id: 7 },
      { id: 'urn:\0' },
      { type: ['\0'] },
      { '@context': ['\0'] },
    ]
    for (const changes of wrong) {
      await expect(save(credential('a', changes))).rejects.toMatchObject({ code: 'invalid_argument' })
    }
    await expect(save('eyJhbGciOiJFZERTQSJ9.e30.x' as unknown as VerifiableCredential)).rejects.toMatchObject({
      code: 'invalid_argument',
    })
    expect(await list()).toEqual([])
  })

  it('keeps any text of a subject, and a large one', async () => {
    const given = credential('a', {
      credentialSubject: { id: 'did:test:1', text: `\0 "'; -- ☃ ${'x'.repeat(200_000)}` },
    })
    expect(await read(await save(given))).toEqual(given)
  })
})
