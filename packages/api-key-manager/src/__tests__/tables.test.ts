import { expect, it } from '@jest/globals'
import { openDatabase } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { generateApiKeyToken } from '../api-key-token.js'
import { Peppers } from '../peppers.js'
import { Entities, migrations } from '../typeorm/tables.js'
import { openStudio, pepperOf } from './studio.js'

describeOnEachDatabase('the migrations', (fresh) => {
  it('make the tables that the entities describe', async () => {
    const { database } = await openStudio(await fresh())
    const { upQueries } = await database.read((manager) => manager.connection.driver.createSchemaBuilder().log(), {
      acrossTenants: true,
    })
    expect(upQueries.map(({ query }) => query)).toEqual([])
    await database.close()
  })

  it('leave the keys of the first version as they were, and fit for all that came after', async () => {
    const url = await fresh()
    const old = await openDatabase({ url, entities: [], migrations: [migrations.slice(0, 1)] })
    const { token, keyId, hash } = generateApiKeyToken(new Peppers([{ version: 1, key: pepperOf(1) }]), 'live')
    const revoked = generateApiKeyToken(new Peppers([{ version: 1, key: pepperOf(1) }]), 'live')
    const insert = (key: { keyId: string; hash: string }, revokedAt: string) =>
      old.write(
        (manager) =>
          manager.query(`INSERT INTO studio_api_key ("tenantId", "keyId", "name", "environment", "hash", "pepperVersion",
          "enabled", "permissions", "createdAt", "expiresAt", "lastUsedAt", "revokedAt") VALUES ('alice', '${key.keyId}',
          'old', 'live', '${key.hash}', 1, true, '["*"]', '2029-03-01T12:00:00.000Z', '2031-01-01T00:00:00.000Z',
          '2029-04-01T00:00:00.000Z', ${revokedAt})`),
        { acrossTenants: true },
      )
    await insert({ keyId, hash }, 'NULL')
    await insert(revoked, `'2029-05-01T00:00:00.000Z'`)
    await old.close()

    const { agent, database } = await openStudio(url)
    expect(await agent.apiKeyManagerGet({ keyId })).toMatchObject({
      ...{ customerId: 'alice', name: 'old', status: 'active', rateLimits: [], lastUsedAt: '2029-04-01T00:00:00.000Z' },
    })
    expect((await agent.apiKeyManagerVerify({ token })).code).toBe('valid')
    expect((await agent.apiKeyManagerVerify({ token: revoked.token })).code).toBe('revoked')
    const rotated = await agent.apiKeyManagerRotate({ keyId })
    expect(rotated.apiKey).toMatchObject({ rotatedFrom: keyId })
    expect((await agent.apiKeyManagerVerify({ token })).code).toBe('expired')
    await database.close()
    expect(Entities).toHaveLength(5)
  })
})
