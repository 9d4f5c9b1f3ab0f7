import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runInTenant, type Database } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { agentOn, openStudio, studioStores, type TestAgent } from './agents.js'
import { KeyStore } from '../index.js'

describeOnEachDatabase('many tenants at once', (fresh) => {
  let database: Database
  let agent: TestAgent

  beforeAll(async () => {
    database = await openStudio(await fresh())
    agent = agentOn(studioStores(database))
  })

  afterAll(() => database.close())

  it('create 200 DIDs between them, and each row is its owner’s', async () => {
    const created = await Promise.all(
      Array.from({ length: 200 }, async (_unused, index) => {
        const tenant = `tenant${index % 10}`
        // Each tenant uses the same aliases.
        const alias = `alias${Math.floor(index / 10)}`
        const { did } = await runInTenant(tenant, () => agent.didManagerCreate({ alias }))
        return { tenant, did, alias }
      }),
    )
    for (let index = 0; index < 10; index += 1) {
      const tenant = `tenant${index}`
      const own = created.filter((each) => each.tenant === tenant)
      const found = await runInTenant(tenant, () => agent.didManagerFind())
      expect(found).toHaveLength(20)
      expect(new Map(found.map(({ alias, did }) => [alias, did]))).toEqual(
        new Map(own.map(({ alias, did }) => [alias, did])),
      )
      const kids = found.map(({ controllerKeyId }) => controllerKeyId)
      expect(found.map(({ keys }) => keys.map(({ kid }) => kid))).toEqual(kids.map((kid) => [kid]))
      const stored = await runInTenant(tenant, () => new KeyStore(database).listKeys())
      expect(stored.map(({ kid }) => kid).sort()).toEqual([...kids].sort())
    }
  })

  it('get one alias once, where several ask for it at the same time', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => runInTenant('tenant', () => agent.didManagerCreate({ alias: 'wanted' }))),
    )
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
    expect(refused).toHaveLength(7)
    for (const error of refused) {
      expect(error).toMatchObject({ code: 'conflict', detail: 'Identifier with alias: wanted already exists' })
    }
    expect(await runInTenant('tenant', () => agent.didManagerFind())).toHaveLength(1)
  })
})
