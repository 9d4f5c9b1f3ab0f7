import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { IAgent, IMessage, VerifiablePresentation } from '@veramo/core-types'
import { newCustomer, refusalOf, type SuiteContext } from '../agents/suite-context.js'

const verifiableCredential = {
  '@context': ['https://www.w3.org/2018/credentials/v1'],
  type: ['VerifiableCredential', 'Profile'],
  issuer: { id: 'did:example:issuer' },
  issuanceDate: '2024-01-01T00:00:00.000Z',
  credentialSubject: { id: 'did:example:ada', name: 'Ada' },
  proof: { type: 'JwtProof2020', jwt: 'a.b.c' },
}

const verifiablePresentation: VerifiablePresentation = {
  '@context': ['https://www.w3.org/2018/credentials/v1'],
  type: ['VerifiablePresentation'],
  holder: 'did:example:ada',
  verifier: ['did:example:shop'],
  verifiableCredential: [verifiableCredential],
  proof: { type: 'JwtProof2020', jwt: 'd.e.f' },
}

const message: IMessage = {
  ...{ id: 'message-1', type: 'w3c.vp', raw: 'raw', from: 'did:example:ada', to: 'did:example:shop' },
  ...{ createdAt: '2024-01-01T00:00:00.000Z', data: { a: 1 }, metaData: null },
  ...{ credentials: [verifiableCredential], presentations: [verifiablePresentation] },
}

/** Everything that can be asked, and what nobody's store answers. */
const QUESTIONS: [method: string, args: object, nothing: unknown][] = [
  ['dataStoreORMGetMessages', { where: [{ column: 'from', value: ['did:example:ada'] }] }, []],
  ['dataStoreORMGetMessagesCount', {}, 0],
  ['dataStoreORMGetVerifiablePresentations', { where: [{ column: 'verifier', value: ['did:example:shop'] }] }, []],
  ['dataStoreORMGetVerifiablePresentationsCount', {}, 0],
  ['dataStoreORMGetVerifiableCredentialsByClaims', { where: [{ column: 'value', op: 'Like', value: ['A%'] }] }, []],
  ['dataStoreORMGetVerifiableCredentialsByClaimsCount', {}, 0],
  ['dataStoreORMGetVerifiableCredentialsCount', {}, 0],
  ['dataStoreORMGetIdentifiers', {}, []],
  ['dataStoreORMGetIdentifiersCount', {}, 0],
  ['discoverDid', { query: 'Ada' }, { query: 'Ada', results: [], errors: {} }],
]

export function messages(context: SuiteContext): void {
  describe('messages and presentations', () => {
    beforeAll(() => context.setup())
    afterAll(() => context.tearDown())

    const answersOf = async (agent: IAgent) => {
      const answers: unknown[] = []
      for (const [method, args] of QUESTIONS) answers.push(await agent.execute<object, unknown>(method, args))
      return answers
    }
    const nothing = QUESTIONS.map((question) => question[2])

    it('are saved, read and found by their own tenant, and deleted', async () => {
      const [owner, other] = [await newCustomer(context), await newCustomer(context)]
      expect(await owner.agent.execute('dataStoreSaveMessage', { message })).toBe('message-1')
      const hash = await owner.agent.execute<object, string>('dataStoreSaveVerifiablePresentation', {
        verifiablePresentation,
      })
      expect(await owner.agent.execute('dataStoreGetMessage', { id: 'message-1' })).toEqual(message)
      expect(await owner.agent.execute('dataStoreGetVerifiablePresentation', { hash })).toEqual(verifiablePresentation)
      const answers = await answersOf(owner.agent)
      expect(answers.slice(0, 7)).toEqual([
        ...[[message], 1, [{ hash, verifiablePresentation }], 1],
        ...[[{ hash: expect.stringMatching(/^Qm/) as unknown, verifiableCredential }], 1, 1],
      ])
      expect(answers[8]).toBe(3)
      expect(JSON.stringify(answers[9])).toMatch(/^{"query":"Ada","results":\[{.*"did":"did:example:ada"/)

      expect(await answersOf(other.agent)).toEqual(nothing)
      for (const [method, args, unknown] of [
        ['dataStoreGetMessage', { id: 'message-1' }, { id: 'none' }],
        ['dataStoreGetVerifiablePresentation', { hash }, { hash: 'none' }],
      ] as const) {
        const refusal = await refusalOf(other.agent.execute(method, args))
        expect(refusal).toMatch(/^not_found: /)
        expect(await refusalOf(other.agent.execute(method, unknown))).toBe(refusal)
      }
      expect(await other.agent.execute('dataStoreDeleteMessage', { id: 'message-1' })).toBe(false)
      expect(await answersOf(owner.agent)).toEqual(answers)
      expect(await owner.agent.execute('dataStoreDeleteMessage', { id: 'message-1' })).toBe(true)
      expect(await owner.agent.execute('dataStoreDeleteMessage', { id: 'message-1' })).toBe(false)
    })

    it('are kept over a restart', async () => {
      const { agent, token } = await newCustomer(context)
      await agent.execute('dataStoreSaveMessage', { message })
      const before = await answersOf(agent)
      await context.restart()
      expect(await answersOf(await context.agentFor(token))).toEqual(before)
    })

    it('are refused in the store’s words where they, or a query, make no sense', async () => {
      const { agent } = await newCustomer(context)
      for (const [method, args] of [
        ['dataStoreSaveMessage', { message: { id: 'x' } }],
        ['dataStoreSaveVerifiablePresentation', { verifiablePresentation: { ...verifiablePresentation, holder: '' } }],
        ['dataStoreORMGetMessages', { order: [{ column: 'tenantId', direction: 'ASC' }] }],
        [
          'dataStoreORMGetVerifiablePresentations',
          { where: [{ column: 'verifier', op: 'Between', value: ['a', 'b'] }] },
        ],
      ] as const) {
        expect(await refusalOf(agent.execute(method, args))).toMatch(/^invalid_argument: /)
      }
      expect(await answersOf(agent)).toEqual(nothing)
    })
  })
}
