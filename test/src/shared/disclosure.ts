import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { IIdentifier, UniqueVerifiableCredential, VerifiableCredential } from '@veramo/core-types'
import { newCustomer, refusalOf, type SuiteContext } from '../agents/suite-context.js'

export function disclosure(context: SuiteContext): void {
  describe('selective disclosure', () => {
    beforeAll(() => context.setup())
    afterAll(() => context.tearDown())

    it('asks for claims, finds the credentials that have them, and checks what is presented', async () => {
      const [shop, ada] = [await newCustomer(context, 'Shop'), await newCustomer(context, 'Ada')]
      const issuer = await shop.agent.execute<object, IIdentifier>('didManagerCreate', {})
      const holder = await ada.agent.execute<object, IIdentifier>('didManagerCreate', {})
      const claims = [{ claimType: 'name', essential: true, issuers: [{ did: issuer.did, url: '' }] }]
      const request = { issuer: issuer.did, tag: 'sdr', claims, subject: holder.did }
      const jwt = await shop.agent.execute<object, string>('createSelectiveDisclosureRequest', {
        data: { ...request },
      })
      expect(jwt.split('.')).toHaveLength(3)

      const credential = { issuer: { id: issuer.did }, credentialSubject: { id: holder.did, name: 'Ada' } }
      const issued = await shop.agent.execute<object, VerifiableCredential>('createVerifiableCredential', {
        ...{ credential, proofFormat: 'jwt' },
      })
      const find = { sdr: request, did: holder.did }
      type Found = { claimType: string; credentials: UniqueVerifiableCredential[] }[]
      const before = await ada.agent.execute<object, Found>('getVerifiableCredentialsForSdr', find)
      expect(before.map(({ credentials }) => credentials.length)).toEqual([0])
      await ada.agent.execute('dataStoreSaveVerifiableCredential', { verifiableCredential: issued })
      const found = await ada.agent.execute<object, Found>('getVerifiableCredentialsForSdr', find)
      expect(found.map(({ credentials }) => credentials.length)).toEqual([1])
      const others = await shop.agent.execute<object, Found>('getVerifiableCredentialsForSdr', find)
      expect(others.map(({ credentials }) => credentials.length)).toEqual([0])

      const presentation = { holder: holder.did, verifier: [issuer.did], verifiableCredential: [issued] }
      const presented = await ada.agent.execute<object, object>('createVerifiablePresentation', {
        ...{ presentation, proofFormat: 'jwt' },
      })
      const check = { presentation: { ...presented, verifiableCredential: [issued] }, sdr: request }
      expect(await shop.agent.execute('validatePresentationAgainstSdr', check)).toMatchObject({ valid: true })
      const empty = { presentation: { ...presented, verifiableCredential: [] }, sdr: request }
      expect(await shop.agent.execute('validatePresentationAgainstSdr', empty)).toMatchObject({ valid: false })
    })

    it('signs no request with another tenant’s DID', async () => {
      const [owner, other] = [await newCustomer(context), await newCustomer(context)]
      const { did } = await owner.agent.execute<object, IIdentifier>('didManagerCreate', {})
      const refusals = []
      for (const issuer of [did, 'did:key:zNone']) {
        const data = { issuer, claims: [{ claimType: 'name' }] }
        refusals.push(await refusalOf(other.agent.execute('createSelectiveDisclosureRequest', { data })))
      }
      expect(refusals).toEqual(['not_found: Identifier not found', 'not_found: Identifier not found'])
    })
  })
}
