import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { IAgent, IIdentifier, UniqueVerifiableCredential, VerifiableCredential } from '@veramo/core-types'
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
  })
}
