import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { DIDResolutionResult, IIdentifier, IKey, VerifiableCredential } from '@veramo/core-types'
import { newCustomer, refusalOf, type SuiteContext } from '../agents/suite-context.js'

const CONTEXTS = ['https://www.w3.org/2018/credentials/v1', 'https://veramo.io/contexts/profile/v1']

export function didMethods(context: SuiteContext): void {
  describe('DID methods', () => {
    beforeAll(() => context.setup())
    afterAll(() => context.tearDown())

    it.each([
      ['did:key', {}],
      ['did:jwk', {}],
      ['did:peer', { num_algo: 0 }],
      ['did:pkh', { chainId: '1' }],
      ['did:web', {}],
    ])('makes, resolves and deletes a %s', async (provider, options) => {
      const { agent } = await newCustomer(context)
      const { did } = await agent.execute<object, IIdentifier>('didManagerCreate', { provider, options })
      expect(did.startsWith(`${provider}:`)).toBe(true)
      const { didDocument } = await agent.execute<object, DIDResolutionResult>('resolveDid', { didUrl: did })
      expect(didDocument?.id).toBe(did)
      expect(await agent.execute('didManagerDelete', { did })).toBe(true)
      expect(await agent.execute('didManagerFind', {})).toEqual([])
    })

    it('hosts a did:web for each tenant under its own name, also under one alias', async () => {
      const customers = [await newCustomer(context), await newCustomer(context)]
      for (const { agent, account } of customers) {
        const made = await agent.execute<object, IIdentifier>('didManagerCreate', {
          ...{ provider: 'did:web', alias: 'shop', options: { keyType: 'Ed25519' } },
        })
        expect(made.did).toMatch(new RegExp(`^did:web:localhost%3A\\d+:t:${account.customerId}:shop$`))
        const credential = {
          '@context': CONTEXTS,
          issuer: { id: made.did },
          credentialSubject: { id: 'did:example:ada', name: 'Ada' },
        }
        for (const proofFormat of ['jwt', 'lds']) {
          const issued = await agent.execute<object, VerifiableCredential>('createVerifiableCredential', {
            ...{ credential, proofFormat },
          })
          expect(await agent.execute('verifyCredential', { credential: issued })).toMatchObject({ verified: true })
        }
        const again = agent.execute('didManagerCreate', { provider: 'did:web', alias: 'shop' })
        expect(await refusalOf(again)).toMatch(/already exists/)
      }
    })

    it('publishes keys and services as they are added and removed', async () => {
      const { agent } = await newCustomer(context)
      const { did } = await agent.execute<object, IIdentifier>('didManagerCreate', { provider: 'did:web' })
      const key = await agent.execute<object, IKey>('keyManagerCreate', { kms: 'local', type: 'Ed25519' })
      const service = { id: `${did}#chat`, type: 'Chat', serviceEndpoint: 'https://example.com/chat' }
      const published = async () => {
        const { didDocument } = await agent.execute<object, DIDResolutionResult>('resolveDid', { didUrl: did })
        return [didDocument?.verificationMethod?.length, didDocument?.service]
      }
      await agent.execute('didManagerAddKey', { did, key })
      await agent.execute('didManagerAddService', { did, service })
      expect(await published()).toEqual([2, [service]])
      expect(
        await agent.execute('getDIDComponentById', {
          ...{
            didDocument: (await agent.execute<object, DIDResolutionResult>('resolveDid', { didUrl: did })).didDocument,
          },
          ...{ didUrl: `${did}#${key.kid}`, section: 'authentication' },
        }),
      ).toMatchObject({ controller: did })
      await agent.execute('didManagerRemoveKey', { did, kid: key.kid })
      await agent.execute('didManagerRemoveService', { did, id: service.id })
      expect(await published()).toEqual([1, []])
    })

    it('changes no other tenant’s DID, and hosts none in another’s name', async () => {
      const [owner, other] = [await newCustomer(context), await newCustomer(context)]
      const made = await owner.agent.execute<object, IIdentifier>('didManagerCreate', {
        provider: 'did:web',
        alias: 'a',
      })
      const before = await other.agent.execute<object, object>('resolveDid', { didUrl: made.did })
      const key = await other.agent.execute<object, IKey>('keyManagerCreate', { kms: 'local', type: 'Ed25519' })
      const service = { id: '#x', type: 'X', serviceEndpoint: 'https://example.com' }
      for (const [method, args] of [
        ['didManagerAddKey', { key }],
        ['didManagerRemoveKey', { kid: made.controllerKeyId }],
        ['didManagerAddService', { service }],
        ['didManagerRemoveService', { id: '#x' }],
        ['didManagerDelete', {}],
      ] as const) {
        const refusals = []
        for (const did of [made.did, 'did:web:none'])
          refusals.push(await refusalOf(other.agent.execute(method, { did, ...args })))
        expect(refusals).toEqual(['not_found: Identifier not found', 'not_found: Identifier not found'])
      }
      const forged = { did: made.did, provider: 'did:web', keys: [], services: [service] }
      await other.agent.execute('didManagerImport', forged)
      expect(await other.agent.execute('resolveDid', { didUrl: made.did })).toEqual(before)
      for (const alias of ['', 'a:b', '../x', 'ä', `${'a'.repeat(129)}`]) {
        const refusal = await refusalOf(other.agent.execute('didManagerCreate', { provider: 'did:web', alias }))
        if (alias !== '') expect(refusal).toMatch(/^invalid_argument: the alias of a did:web/)
      }
    })

    it('resolves no did:web that leads to where only the service reaches', async () => {
      const { agent } = await newCustomer(context)
      for (const didUrl of [
        'did:web:localhost',
        'did:web:127.0.0.1%3A22',
        'did:web:169.254.169.254:latest',
        'did:web:x%2F..%40y',
      ]) {
        const { didDocument, didResolutionMetadata } = await agent.execute<object, DIDResolutionResult>('resolveDid', {
          didUrl,
        })
        expect(didDocument).toBeNull()
        expect(String(didResolutionMetadata.error)).toMatch(/^(notFound|invalidDid)$/)
        expect(String(didResolutionMetadata['message'])).not.toMatch(/ECONNREFUSED|answer/)
      }
    })

    it('does not support did:ethr where no node is named', async () => {
      const { agent } = await newCustomer(context)
      const didUrl = 'did:ethr:0xf3beac30c498d9e26865f34fcaa57dbb935b0d74'
      const { didResolutionMetadata } = await agent.execute<object, DIDResolutionResult>('resolveDid', { didUrl })
      expect(didResolutionMetadata.error).toBe('unsupportedDidMethod')
    })
  })
}
