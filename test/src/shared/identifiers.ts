import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { IIdentifier } from '@veramo/core-types'
import { newCustomer, refusalOf, type SuiteContext } from '../agents/suite-context.js'

export function identifiers(context: SuiteContext): void {
  describe('DIDs and keys', () => {
    beforeAll(() => context.setup())
    afterAll(() => context.tearDown())

    it('makes a did:key and keeps it over a restart', async () => {
      const { agent, token } = await newCustomer(context)
      const made = await agent.execute<object, IIdentifier>('didManagerCreate', { provider: 'did:key', alias: 'main' })
      expect(made.did).toMatch(/^did:key:z/)
      await context.restart()
      const again = await context.agentFor(token)
      expect(await again.execute('didManagerGet', { did: made.did })).toEqual(made)
      expect(await again.execute('didManagerGetByAlias', { alias: 'main', provider: 'did:key' })).toEqual(made)
      const signature = await again.execute<object, string>('keyManagerSign', {
        keyRef: made.controllerKeyId,
        data: 'hello',
      })
      expect(signature).toEqual(expect.any(String))
    })

    it('answers with another tenant’s DID and key as with ones that are none', async () => {
      const [first, second] = [await newCustomer(context), await newCustomer(context)]
      const theirs = await second.agent.execute<object, IIdentifier>('didManagerCreate', { alias: 'main' })
      expect(await first.agent.execute('didManagerFind', {})).toEqual([])
      const did = await refusalOf(first.agent.execute('didManagerGet', { did: theirs.did }))
      expect(did).toBe('not_found: Identifier not found')
      expect(await refusalOf(first.agent.execute('didManagerGet', { did: 'did:key:zNone' }))).toBe(did)
      const kid = theirs.controllerKeyId
      for (const [method, args, none] of [
        ['keyManagerGet', { kid }, { kid: 'none' }],
        ['keyManagerDelete', { kid }, { kid: 'none' }],
        ['keyManagerSign', { keyRef: kid, data: 'x' }, { keyRef: 'none', data: 'x' }],
      ] as const) {
        const refusal = await refusalOf(first.agent.execute(method, args))
        expect(refusal).toBe('not_found: Key not found')
        expect(await refusalOf(first.agent.execute(method, none))).toBe(refusal)
      }
      expect(await second.agent.execute('didManagerFind', {})).toHaveLength(1)
    })

    it('lets two tenants have the same alias', async () => {
      const customers = [await newCustomer(context), await newCustomer(context)]
      for (const { agent } of customers) await agent.execute('didManagerCreate', { alias: 'shared-name' })
      for (const { agent } of customers) expect(await agent.execute('didManagerFind', {})).toHaveLength(1)
    })

    it('signs with no payment key', async () => {
      const { agent } = await newCustomer(context)
      for (const network of ['mainnet', 'testnet']) {
        const signing = agent.execute('keyManagerSign', { keyRef: `payment:${network}`, data: 'x' })
        expect(await refusalOf(signing)).toBe('not_found: Key not found')
      }
    })

    it('keeps 40 creations at once of four tenants apart', async () => {
      const customers = await Promise.all([1, 2, 3, 4].map(() => newCustomer(context)))
      await Promise.all(
        Array.from({ length: 40 }, async (_unused, index): Promise<unknown> =>
          customers[index % 4]?.agent.execute('didManagerCreate', {}),
        ),
      )
      const owned = await Promise.all(
        customers.map(({ agent }) => agent.execute<object, IIdentifier[]>('didManagerFind', {})),
      )
      expect(owned.map((dids) => dids.length)).toEqual([10, 10, 10, 10])
      expect(new Set(owned.flat().map(({ did }) => did)).size).toBe(40)
    })

    it('forgets the key with its deletion', async () => {
      const { agent } = await newCustomer(context)
      const key = await agent.execute<object, { kid: string }>('keyManagerCreate', { kms: 'local', type: 'Ed25519' })
      expect(await agent.execute('keyManagerDelete', { kid: key.kid })).toBe(true)
      const signing = agent.execute('keyManagerSign', { keyRef: key.kid, data: 'x' })
      expect(await refusalOf(signing)).toBe('not_found: Key not found')
    })
  })
}
