import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type {
  IAgent,
  IIdentifier,
  UniqueVerifiableCredential,
  VerifiableCredential,
  VerifiablePresentation,
} from '@veramo/core-types'
import { newCustomer, refusalOf, type SuiteContext } from '../agents/suite-context.js'

async function issue(agent: IAgent, issuer: string, name = 'Ada'): Promise<VerifiableCredential> {
  const credential = { issuer: { id: issuer }, credentialSubject: { id: 'did:example:ada', name } }
  return agent.execute('createVerifiableCredential', { credential, proofFormat: 'jwt' })
}

export function credentials(context: SuiteContext): void {
  describe('credentials', () => {
    beforeAll(() => context.setup())
    afterAll(() => context.tearDown())

    it('issues and verifies a JWT credential, and refuses a changed one', async () => {
      const { agent } = await newCustomer(context)
      const { did } = await agent.execute<object, IIdentifier>('didManagerCreate', {})
      const credential = await issue(agent, did)
      expect(await agent.execute('verifyCredential', { credential })).toMatchObject({ verified: true })
      const [header, payload, signature] = String(credential.proof.jwt).split('.')
      const forged = [header, payload, `${signature?.startsWith('A') ? 'B' : 'A'}${signature?.slice(1)}`].join('.')
      expect(await agent.execute('verifyCredential', { credential: forged })).toMatchObject({ verified: false })
    })

    it('does not issue with another tenant’s DID', async () => {
      const [first, second] = [await newCustomer(context), await newCustomer(context)]
      const { did } = await second.agent.execute<object, IIdentifier>('didManagerCreate', {})
      const theirs = (await refusalOf(issue(first.agent, did))).replaceAll(did, 'DID')
      const nobodys = (await refusalOf(issue(first.agent, 'did:key:zNone'))).replaceAll('did:key:zNone', 'DID')
      expect(theirs).toMatch(/^invalid_argument: /)
      expect(theirs).toBe(nobodys)
    })

    it('saves and finds credentials, each tenant its own, also the same one in two tenants', async () => {
      const customers = [await newCustomer(context), await newCustomer(context)] as const
      const { did } = await customers[0].agent.execute<object, IIdentifier>('didManagerCreate', {})
      const verifiableCredential = await issue(customers[0].agent, did)
      const hashes: string[] = []
      for (const { agent } of customers) {
        const where = [{ column: 'issuer', value: [did] }]
        expect(await agent.execute('dataStoreORMGetVerifiableCredentials', { where })).toEqual([])
        hashes.push(await agent.execute('dataStoreSaveVerifiableCredential', { verifiableCredential }))
        const found = await agent.execute<object, UniqueVerifiableCredential[]>(
          'dataStoreORMGetVerifiableCredentials',
          { where },
        )
        expect(found).toEqual([{ hash: hashes.at(-1), verifiableCredential }])
      }
      const [hash] = hashes
      await customers[0].agent.execute('dataStoreDeleteVerifiableCredential', { hash })
      const gone = customers[0].agent.execute('dataStoreGetVerifiableCredential', { hash })
      expect(await refusalOf(gone)).toMatch(/^not_found: /)
      expect(await customers[1].agent.execute('dataStoreGetVerifiableCredential', { hash })).toEqual(
        verifiableCredential,
      )
    })

    it('issues, presents and verifies with JSON-LD proofs, and refuses a changed credential', async () => {
      const { agent } = await newCustomer(context)
      const { did } = await agent.execute<object, IIdentifier>('didManagerCreate', {})
      const credential = {
        '@context': ['https://www.w3.org/2018/credentials/v1', 'https://veramo.io/contexts/profile/v1'],
        type: ['VerifiableCredential', 'Profile'],
        issuer: { id: did },
        issuanceDate: '2024-01-01T00:00:00Z',
        credentialSubject: { id: did, name: 'Ada' },
      }
      const issued = await agent.execute<object, VerifiableCredential>('createVerifiableCredential', {
        ...{ credential, proofFormat: 'lds' },
      })
      expect(issued.proof.type).toMatch(/^Ed25519Signature20/)
      expect(await agent.execute('verifyCredential', { credential: issued })).toMatchObject({ verified: true })
      const forged = { ...issued, credentialSubject: { id: did, name: 'Eve' } }
      expect(await agent.execute('verifyCredential', { credential: forged })).toMatchObject({ verified: false })
      const presentation = { holder: did, verifier: [], verifiableCredential: [issued] }
      const presented = await agent.execute<object, VerifiablePresentation>('createVerifiablePresentation', {
        ...{ presentation, proofFormat: 'lds', challenge: 'one', domain: 'two' },
      })
      const check = { presentation: presented, challenge: 'one', domain: 'two' }
      expect(await agent.execute('verifyPresentation', check)).toMatchObject({ verified: true })
      expect(await agent.execute('verifyPresentation', { ...check, challenge: 'three' })).toMatchObject({
        verified: false,
      })
    })

    it('fetches no context from where only the service reaches', async () => {
      const { agent } = await newCustomer(context)
      const { did } = await agent.execute<object, IIdentifier>('didManagerCreate', {})
      let visits = 0
      const inside = createServer((_request, response) => {
        visits += 1
        response
          .setHeader('content-type', 'application/ld+json')
          .end('{"@context":{"name":"https://example.com/name"}}')
      })
      await new Promise<void>((done) => inside.listen(0, '127.0.0.1', done))
      const { port } = inside.address() as AddressInfo
      for (const address of [
        `http://127.0.0.1:${port}/c`,
        `http://localhost:${port}/c`,
        `https://127.0.0.1:${port}/c`,
      ]) {
        const credential = {
          '@context': ['https://www.w3.org/2018/credentials/v1', address],
          issuer: { id: did },
          credentialSubject: { id: 'did:example:ada', name: 'Ada' },
        }
        const options = { proofFormat: 'lds', fetchRemoteContexts: true }
        const refusal = await refusalOf(agent.execute('createVerifiableCredential', { credential, ...options }))
        expect(refusal).not.toMatch(/^not refused/)
        const proof = { type: 'Ed25519Signature2018', verificationMethod: `${did}#x`, jws: 'a..b' }
        const verified = agent.execute('verifyCredential', {
          ...{ credential: { ...credential, type: ['VerifiableCredential'], proof }, ...options },
        })
        expect(await refusalOf(verified)).not.toContain('"verified":true')
      }
      await new Promise((done) => inside.close(done))
      expect(visits).toBe(0)
    })
  })
}
