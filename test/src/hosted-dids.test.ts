import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { IIdentifier, VerifiableCredential } from '@veramo/core-types'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { servedContext } from './agents/served.js'
import { newCustomer } from './agents/suite-context.js'

describeOnEachDatabase('the hosted did:web', (fresh) => {
  const context = servedContext(fresh)

  beforeAll(() => context.setup())
  afterAll(() => context.tearDown())

  const get = (path: string) => fetch(`${context.service().baseUrl}${path}`)

  it('is served to everybody, as it is now', async () => {
    const { agent, account } = await newCustomer(context)
    const made = await agent.execute<object, IIdentifier>('didManagerCreate', { provider: 'did:web', alias: 'shop' })
    const path = `/t/${account.customerId}/shop/did.json`
    const answer = await get(path)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('content-type')).toMatch(/^application\/did\+ld\+json/)
    expect(await answer.json()).toMatchObject({
      id: made.did,
      verificationMethod: [{ id: `${made.did}#${made.controllerKeyId}`, controller: made.did }],
    })
    const service = { id: '#chat', type: 'Chat', serviceEndpoint: 'https://example.com' }
    await agent.execute('didManagerAddService', { did: made.did, service })
    expect(await (await get(path)).json()).toMatchObject({ service: [service] })
    expect((await get(`/t/${account.customerId}/did.json`)).status).toBe(404)
    await agent.execute('didManagerDelete', { did: made.did })
    expect((await get(path)).status).toBe(404)
  })

  it('answers with what is not there and what is no did:web alike, and names nobody', async () => {
    const { agent, account } = await newCustomer(context)
    const { did } = await agent.execute<object, IIdentifier>('didManagerCreate', { alias: 'private' })
    const { customerId } = account
    const paths = [
      `${customerId}/private`,
      `${customerId}/${did}`,
      `${customerId}/none`,
      'nobody/none',
      '*/none',
      '%00/none',
    ]
    const bodies = new Set<string>()
    for (const path of paths) {
      const answer = await get(`/t/${path}/did.json`)
      expect(answer.status).toBe(404)
      bodies.add((await answer.text()).replace(`/t/${path}/did.json`, 'PATH').replace(encodeURI(path), 'PATH'))
    }
    expect(bodies.size).toBe(1)
  })

  it('shows no other tenant’s document in the place of one', async () => {
    const [owner, other] = [await newCustomer(context), await newCustomer(context)]
    const { did } = await owner.agent.execute<object, IIdentifier>('didManagerCreate', { provider: 'did:web' })
    const before = await (await get(`/t/${owner.account.customerId}/did.json`)).text()
    const keys: object[] = []
    await other.agent.execute('didManagerImport', { did, provider: 'did:web', keys, services: [] })
    expect(await (await get(`/t/${owner.account.customerId}/did.json`)).text()).toBe(before)
    expect((await get(`/t/${other.account.customerId}/did.json`)).status).toBe(404)
  })

  it('issues credentials that others verify without a key', async () => {
    const [issuer, verifier] = [await newCustomer(context), await newCustomer(context)]
    const { did } = await issuer.agent.execute<object, IIdentifier>('didManagerCreate', { provider: 'did:web' })
    const credential = { issuer: { id: did }, credentialSubject: { id: 'did:example:ada', name: 'Ada' } }
    const issued = await issuer.agent.execute<object, VerifiableCredential>('createVerifiableCredential', {
      ...{ credential, proofFormat: 'jwt' },
    })
    expect(await verifier.agent.execute('verifyCredential', { credential: issued })).toMatchObject({ verified: true })
  })
})
