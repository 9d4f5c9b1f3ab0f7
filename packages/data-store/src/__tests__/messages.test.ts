import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runAsOperator, runInTenant, type Database } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { createAgent } from '@veramo/core'
import type { IMessage, VerifiablePresentation } from '@veramo/core-types'
import { DIDDiscovery, type IDIDDiscovery } from '@veramo/did-discovery'
import { agentOn, credential, openStudio, outcomeOf, studioStores, type TestAgent } from './agents.js'
import { DataStore, DataStoreDiscoveryProvider, DataStoreORM } from '../index.js'

const presentation = (name: string, changes: object = {}): VerifiablePresentation => ({
  '@context': ['https://www.w3.org/2018/credentials/v1'],
  type: ['VerifiablePresentation'],
  holder: 'did:test:holder',
  verifier: ['did:test:v1', 'did:test:v2'],
  verifiableCredential: [credential(`of-${name}`)],
  proof: { type: 'JwtProof2020', jwt: `jwt.of.${name}` },
  ...changes,
})

const message = (id: string, changes: Partial<IMessage> = {}): IMessage => ({
  ...{ id, type: 'test', raw: `raw ${id}`, from: 'did:test:sender', to: 'did:test:recipient' },
  ...changes,
})

describeOnEachDatabase('messages and presentations', (fresh) => {
  let database: Database
  let agent: TestAgent
  let count = 0

  beforeAll(async () => {
    database = await openStudio(await fresh())
    agent = agentOn(studioStores(database))
  })

  afterAll(() => database.close())

  const newTenant = () => `tenant-${(count += 1)}`

  /** Everything that a tenant can ask. */
  const answers = (tenantId: string, hash = 'none') =>
    runInTenant(tenantId, async () => {
      const questions = [
        () => agent.dataStoreGetMessage({ id: 'm' }),
        () => agent.dataStoreGetVerifiablePresentation({ hash }),
        () => agent.dataStoreORMGetMessages({}),
        () => agent.dataStoreORMGetMessagesCount({}),
        () => agent.dataStoreORMGetVerifiablePresentations({}),
        () =>
          agent.dataStoreORMGetVerifiablePresentationsCount({
            where: [{ column: 'verifier', op: 'IsNull', not: true }],
          }),
        () => agent.dataStoreORMGetVerifiableCredentialsByClaims({}),
        () => agent.dataStoreORMGetVerifiableCredentialsByClaimsCount({}),
        () => agent.dataStoreORMGetIdentifiers({}),
      ]
      const outcomes = []
      for (const question of questions) outcomes.push(await outcomeOf(question))
      return outcomes
    })

  const fill = (tenantId: string) =>
    runInTenant(tenantId, async () => {
      const attached = { credentials: [credential('attached')], presentations: [presentation('attached')] }
      await agent.dataStoreSaveMessage({ message: message('m', { ...attached, threadId: tenantId }) })
      return agent.dataStoreSaveVerifiablePresentation({ verifiablePresentation: presentation('own') })
    })

  it('are each tenant’s own, under the same ids and hashes', async () => {
    const [first, second, empty] = [newTenant(), newTenant(), newTenant()]
    const hash = await fill(first)
    expect(await answers(empty, hash)).toEqual(await answers(newTenant()))
    expect(await fill(second)).toBe(hash)
    const before = await answers(second, hash)
    expect(JSON.stringify(before)).toContain(second)
    await runInTenant(first, async () => {
      expect(await agent.dataStoreDeleteMessage({ id: 'm' })).toBe(true)
      expect(await agent.dataStoreDeleteMessage({ id: 'm' })).toBe(false)
      await agent.didManagerDelete({ did: 'did:test:holder' }).catch(() => undefined)
    })
    await runInTenant(empty, async () => {
      expect(await agent.dataStoreDeleteMessage({ id: 'm' })).toBe(false)
    })
    expect(await answers(second, hash)).toEqual(before)
    expect(JSON.stringify(before)).not.toMatch(/"tenantId"|"position"|"savedAt"|"callId"/)
  })

  it('need a tenant, and are listed for the operator', async () => {
    await fill(newTenant())
    const methods = [
      () => agent.dataStoreSaveMessage({ message: message('x') }),
      () => agent.dataStoreGetMessage({ id: 'm' }),
      () => agent.dataStoreDeleteMessage({ id: 'm' }),
      () => agent.dataStoreSaveVerifiablePresentation({ verifiablePresentation: presentation('x') }),
      () => agent.dataStoreGetVerifiablePresentation({ hash: 'x' }),
    ]
    const lists = [
      () => agent.dataStoreORMGetMessages({}),
      () => agent.dataStoreORMGetMessagesCount({}),
      () => agent.dataStoreORMGetVerifiablePresentations({}),
      () => agent.dataStoreORMGetVerifiablePresentationsCount({}),
      () => agent.dataStoreORMGetVerifiableCredentialsByClaims({}),
      () => agent.dataStoreORMGetVerifiableCredentialsByClaimsCount({}),
    ]
    for (const method of [...methods, ...lists]) {
      await expect(method()).rejects.toMatchObject({ code: 'tenant_required' })
    }
    await runAsOperator(async () => {
      for (const method of methods) await expect(method()).rejects.toMatchObject({ code: 'tenant_required' })
      expect((await agent.dataStoreORMGetMessages({})).length).toBe(await agent.dataStoreORMGetMessagesCount({}))
      const found = await agent.dataStoreORMGetVerifiablePresentations({})
      expect(found.length).toBe(await agent.dataStoreORMGetVerifiablePresentationsCount({}))
    })
  })

  it('keep when a message expires, apart from when it was made, and where to reply', async () => {
    const dates = { createdAt: '2020-01-01T00:00:00.000Z', expiresAt: '2030-01-01T00:00:00.000Z' }
    await runInTenant(newTenant(), async () => {
      await agent.dataStoreSaveMessage({ message: message('m', { ...dates, replyUrl: 'https://example.com' }) })
      expect(await agent.dataStoreGetMessage({ id: 'm' })).toMatchObject({ ...dates, replyUrl: 'https://example.com' })
      const where = [{ column: 'expiresAt' as const, op: 'LessThan' as const, value: ['2031-01-01'] }]
      expect(await agent.dataStoreORMGetMessagesCount({ where })).toBe(1)
    })
  })

  it('are counted one by one where pages are cut, however much is attached', async () => {
    await runInTenant(newTenant(), async () => {
      for (const id of ['c', 'a', 'b']) {
        const credentials = [1, 2, 3].map((index) => credential(`${id}${index}`))
        const presentations = [1, 2].map((index) => presentation(`${id}${index}`))
        await agent.dataStoreSaveMessage({ message: message(id, { credentials, presentations }) })
      }
      const page = await agent.dataStoreORMGetMessages({ skip: 1, take: 2 })
      expect(page.map(({ id }) => id)).toEqual(['a', 'b'])
      expect(page[0]?.credentials?.map(({ id }) => id)).toEqual(['urn:a1', 'urn:a2', 'urn:a3'])
      expect(page[0]?.presentations).toHaveLength(2)
      const sorted = await agent.dataStoreORMGetMessages({ order: [{ column: 'id', direction: 'DESC' }], take: 1 })
      expect(sorted.map(({ id }) => id)).toEqual(['c'])
      const presentations = await agent.dataStoreORMGetVerifiablePresentations({ take: 2 })
      expect(presentations).toHaveLength(2)
    })
  })

  it('are found by all of several verifiers, and by none of them', async () => {
    await runInTenant(newTenant(), async () => {
      await agent.dataStoreSaveVerifiablePresentation({ verifiablePresentation: presentation('both') })
      const alone = presentation('none', { verifier: undefined })
      await agent.dataStoreSaveVerifiablePresentation({ verifiablePresentation: alone })
      const one = presentation('one', { verifier: 'did:test:v2' })
      await agent.dataStoreSaveVerifiablePresentation({ verifiablePresentation: one })
      const named = async (where: object[]) => {
        const found = await agent.dataStoreORMGetVerifiablePresentations({ where: where as never })
        return found.map(({ verifiablePresentation }) =>
          String(verifiablePresentation.proof['jwt']).replace('jwt.of.', ''),
        )
      }
      const v1 = { column: 'verifier', op: 'Equal', value: ['did:test:v1'] }
      const v2 = { column: 'verifier', op: 'Equal', value: ['did:test:v2'] }
      expect(await named([v2])).toEqual(['both', 'one'])
      expect(await named([v1, v2])).toEqual(['both'])
      expect(await named([{ ...v1, not: true }])).toEqual(['none', 'one'])
      expect(await named([{ column: 'verifier', op: 'IsNull' }])).toEqual(['none'])
    })
  })

  it('refuse what cannot be stored', async () => {
    const wrong: [message: unknown, detail: string][] = [
      [{ id: 'm' }, "message must have required property 'type'"],
      [message('m', { createdAt: 'no date' }), 'createdAt is not a date'],
      [message('m', { type: 'a\0b' }), 'type must be a string, without U+0000'],
      [message('m'.repeat(1281)), 'id must be a string of 1 to 1280 bytes'],
      [message('m', { presentations: [presentation('x', { holder: '' })] }), 'holder must be a string'],
    ]
    await runInTenant(newTenant(), async () => {
      for (const [given, detail] of wrong) {
        await expect(agent.dataStoreSaveMessage({ message: given as IMessage })).rejects.toMatchObject({
          ...{ code: 'invalid_argument', detail: expect.stringContaining(detail) },
        })
      }
      expect(await agent.dataStoreORMGetMessages({})).toEqual([])
      expect(await agent.dataStoreORMGetIdentifiers({})).toEqual([])
    })
  })

  it('store claims that are null or hold U+0000, and credentials that are JWTs', async () => {
    const jwt =
      'eyJhbGciOiJFUzI1NksiLCJ0eXAiOiJKV1QifQ.' +
      `${Buffer.from(
        JSON.stringify({
          vc: {
            '@context': ['https://www.w3.org/2018/credentials/v1'],
            type: ['VerifiableCredential'],
            credentialSubject: { name: 'J' },
          },
          ...{ sub: 'did:test:s', iss: 'did:test:i', nbf: 1577836800 },
        }),
      ).toString('base64url')}.AAAA`
    await runInTenant(newTenant(), async () => {
      const odd = credential('odd', { credentialSubject: { nothing: null, odd: 'a\0b' } })
      await agent.dataStoreSaveVerifiableCredential({ verifiableCredential: odd })
      const verifiablePresentation = presentation('jwt', { verifiableCredential: [jwt] })
      await agent.dataStoreSaveVerifiablePresentation({ verifiablePresentation })
      const byClaim = async (value: string) =>
        agent.dataStoreORMGetVerifiableCredentialsByClaims({ where: [{ column: 'value', value: [value] }] })
      expect((await byClaim('ab')).map(({ verifiableCredential }) => verifiableCredential)).toEqual([odd])
      expect((await byClaim('J'))[0]?.verifiableCredential.proof['jwt']).toBe(jwt)
      const where = [{ column: 'value' as const, op: 'IsNull' as const }]
      expect(await agent.dataStoreORMGetVerifiableCredentialsByClaimsCount({ where })).toBe(1)
    })
  })

  it('are where DIDs are discovered, each tenant’s own', async () => {
    const discovering = createAgent<IDIDDiscovery>({
      plugins: [
        new DIDDiscovery({ providers: [new DataStoreDiscoveryProvider()] }),
        new DataStore(database),
        new DataStoreORM(database),
      ],
    })
    const [tenant, other] = [newTenant(), newTenant()]
    const verifiableCredential = credential('Ada', { credentialSubject: { id: 'did:test:ada', name: 'Ada' } })
    await runInTenant(tenant, () => agent.dataStoreSaveVerifiableCredential({ verifiableCredential }))
    const found = await runInTenant(tenant, () => discovering.discoverDid({ query: 'Ada' }))
    expect(found.results[0]?.matches[0]).toEqual({ did: 'did:test:ada', metaData: { verifiableCredential } })
    expect((await runInTenant(other, () => discovering.discoverDid({ query: 'Ada' }))).results).toEqual([])
  })

  it('go with a DID that is deleted, where they are from it or to it', async () => {
    await runInTenant(newTenant(), async () => {
      const dids = studioStores(database).dids
      await agent.dataStoreSaveMessage({ message: message('m', { credentials: [credential('x')] }) })
      await agent.dataStoreSaveVerifiablePresentation({ verifiablePresentation: presentation('p') })
      for (const did of ['did:test:sender', 'did:test:holder', 'did:test:issuer']) await dids.deleteDID({ did })
      expect(await agent.dataStoreORMGetMessagesCount({})).toBe(0)
      expect(await agent.dataStoreORMGetVerifiablePresentationsCount({})).toBe(0)
      expect(await agent.dataStoreORMGetVerifiableCredentialsByClaimsCount({})).toBe(0)
    })
    const left = await database.read(
      (manager) =>
        manager.query<object[]>(
          `SELECT "tenantId" FROM "studio_message_credential" WHERE "tenantId" = 'tenant-${count}'
        UNION ALL SELECT "tenantId" FROM "studio_presentation_verifier" WHERE "tenantId" = 'tenant-${count}'`,
        ),
      { acrossTenants: true },
    )
    expect(left).toEqual([])
  })
})
