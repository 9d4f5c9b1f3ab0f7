import { expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { openStudio } from './studio.js'

describeOnEachDatabase('an agent that validates against the schema', (fresh) => {
  it('accepts what every method takes and returns', async () => {
    const { agent, database, create } = await openStudio(await fresh(), { schemaValidation: true })
    const asked = { name: 'key', environment: 'test', network: 'testnet', expiresAt: '2030-04-01T00:00:00Z' } as const
    const { apiKey, token } = await create({
      ...asked,
      customerId: 'alice',
      description: 'd',
      permissions: ['didManager*'],
    })
    const { keyId } = apiKey
    await create({ customerId: 'alice', name: 'second' })
    const codes = [
      await agent.apiKeyManagerVerify({ token }),
      await agent.apiKeyManagerVerify({ token, method: 'resolveDid', ip: '192.0.2.1' }),
      await agent.apiKeyManagerVerify({ token: 'nonsense' }),
    ].map(({ code }) => code)
    expect(codes).toEqual(['valid', 'permission_denied', 'malformed'])
    const { items, nextCursor } = await agent.apiKeyManagerList({ customerId: 'alice', limit: 1 })
    expect(items).toHaveLength(1)
    const rest = await agent.apiKeyManagerList({ customerId: 'alice', limit: 1, cursor: nextCursor ?? '' })
    expect(rest.items).toHaveLength(1)
    expect(await agent.apiKeyManagerGet({ keyId, customerId: 'alice' })).toEqual(apiKey)
    const revoked = await agent.apiKeyManagerRevoke({ keyId, customerId: 'alice', reason: 'lost' })
    expect(revoked).toEqual({ ...apiKey, status: 'revoked' })
    await database.close()
  })

  it('has a schema for each method', async () => {
    const { agent, database } = await openStudio(await fresh())
    const methods = agent.availableMethods().sort()
    expect(Object.keys(agent.getSchema().components.methods as object).sort()).toEqual(methods)
    expect(methods).toHaveLength(5)
    await database.close()
  })
})
