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
    const { budgetKeyId } = await agent.apiKeyManagerGetBudgetKey({ keyId: rotated.apiKey.keyId })
    expect(budgetKeyId).toBe(keyId)
    await database.close()
    expect(Entities).toHaveLength(5)
  })

  it('let the keys of rotations go on with the budgets of their first ones', async () => {
    const url = await fresh()
    const before = migrations.slice(0, -1)
    const old = await openDatabase({ url, entities: [], migrations: [before] })
    const insert = (keyId: string, { rotatedFrom, rootKeyId }: Record<'rotatedFrom' | 'rootKeyId', string | null>) =>
      old.write(
        (manager) => {
          const quote = (text: string | null) => (text === null ? 'NULL' : `'${text.padEnd(16, '0')}'`)
          return manager.query(`INSERT INTO studio_api_key ("tenantId", "keyId", "name", "environment", "hash",
          "pepperVersion", "enabled", "permissions", "createdAt", "expiresAt", "rotatedFrom", "rootKeyId") VALUES (
          'alice', ${quote(keyId)}, 'old', 'live', '${keyId}', 1, true, '["*"]',
          '2029-03-01T12:00:00.000Z', '2031-01-01T00:00:00.000Z', ${quote(rotatedFrom)}, ${quote(rootKeyId)})`)
        },
        { acrossTenants: true },
      )
    await insert('a1', { rotatedFrom: null, rootKeyId: null })
    await insert('a2', { rotatedFrom: 'a1', rootKeyId: 'a1' })
    await insert('a3', { rotatedFrom: 'a2', rootKeyId: 'a1' })
    // Made by a key with a rate limit, whose rate limits it shares and whose budget it does not.
    await insert('b1', { rotatedFrom: null, rootKeyId: 'a1' })
    await insert('b2', { rotatedFrom: 'b1', rootKeyId: 'a1' })
    // The first ones are gone.
    await insert('c3', { rotatedFrom: 'c2', rootKeyId: 'c1' })
    await insert('c4', { rotatedFrom: 'c3', rootKeyId: 'c1' })
    await old.close()
    const { agent, database } = await openStudio(url)
    const found: Record<string, string> = {}
    for (const keyId of ['a1', 'a2', 'a3', 'b1', 'b2', 'c3', 'c4']) {
      const { budgetKeyId } = await agent.apiKeyManagerGetBudgetKey({ keyId: keyId.padEnd(16, '0') })
      found[keyId] = budgetKeyId.slice(0, 2)
    }
    expect(found).toEqual({ a1: 'a1', a2: 'a1', a3: 'a1', b1: 'b1', b2: 'b1', c3: 'c1', c4: 'c1' })
    await database.close()
  })
})
