import { expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { NOW, openStudio } from './studio.js'

describeOnEachDatabase('an agent that validates against the schema', (fresh) => {
  it('accepts what every method takes and returns', async () => {
    const { agent, database, create } = await openStudio(await fresh(), {
      ...{ schemaValidation: true, importedPrefixes: ['acme_'] },
    })
    const asked = { name: 'key', environment: 'test', network: 'testnet', expiresAt: '2030-04-01T00:00:00Z' } as const
    const { apiKey, token } = await create({
      ...asked,
      customerId: 'alice',
      description: 'd',
      permissions: ['didManager*'],
    })
    const { keyId } = apiKey
    await create({ customerId: 'alice', name: 'second' })
    const rateLimits = [{ name: 'burst', limit: 2, windowMs: 1000, scope: 'strict' as const, methods: ['*'] }]
    const limited = await create({
      customerId: 'alice',
      name: 'limited',
      rateLimits,
      allowedIps: ['::1', '10.0.0.0/8'],
    })
    const admitted = { token: limited.token, method: 'resolveDid', ip: '10.1.2.3' }
    expect(await agent.apiKeyManagerVerify(admitted)).toMatchObject({ code: 'valid', rateLimits: [{ remaining: 1 }] })
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
    const used = { ...apiKey, lastUsedAt: NOW.toISOString() }
    expect(await agent.apiKeyManagerGet({ keyId, customerId: 'alice' })).toEqual(used)
    const renamed = await agent.apiKeyManagerUpdate({ keyId, name: 'new', description: null, network: null })
    expect(renamed).toEqual({ ...used, name: 'new', description: null, network: null })
    const rotated = await agent.apiKeyManagerRotate({ keyId, overlapSeconds: 60 })
    expect(rotated.apiKey).toMatchObject({ rotatedFrom: keyId, name: 'new' })
    const taken = { customerId: 'alice', name: 'old', prefix: 'acme_', hash: '0'.repeat(64) }
    expect((await agent.apiKeyManagerImport(taken)).apiKey).toMatchObject({ start: 'acme_', name: 'old' })
    const budget = await agent.apiKeyManagerGetBudgetKey({ keyId: rotated.apiKey.keyId, customerId: 'alice' })
    expect(budget).toEqual({ keyId: rotated.apiKey.keyId, budgetKeyId: keyId })
    const usage = await agent.apiKeyManagerGetUsage({ keyId, granularity: 'hour' })
    expect(usage.items).toEqual([
      { start: NOW.toISOString(), method: 'resolveDid', outcome: 'permission_denied', count: 1 },
    ])
    const leaks = await agent.apiKeyManagerReportLeak({ reports: [{ token: limited.token }, { token: 'none' }] })
    expect(leaks.items).toMatchObject([{ revoked: true }, { keyId: null }])
    const revoked = await agent.apiKeyManagerRevoke({ keyId, customerId: 'alice', reason: 'lost' })
    expect(revoked).toMatchObject({ keyId, status: 'revoked' })
    const log = await agent.apiKeyManagerListAuditLog({ keyId, action: 'revoke', from: '2030-01-01T00:00:00Z' })
    expect(log.items).toMatchObject([
      { keyId, before: { status: 'active' }, after: { status: 'revoked' }, reason: 'lost' },
    ])
    await database.close()
  })

  it('has a schema for each method', async () => {
    const { agent, database } = await openStudio(await fresh())
    const methods = agent.availableMethods().sort()
    expect(Object.keys(agent.getSchema().components.methods as object).sort()).toEqual(methods)
    expect(methods).toHaveLength(12)
    await database.close()
  })
})
