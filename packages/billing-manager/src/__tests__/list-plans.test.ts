import { expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { BUILD, errorOf, emptiedDatabase, openStudio, TRIAL, type Studio } from './studio.js'

describeOnEachDatabase('billingManagerListPlans', (fresh) => {
  const emptied = emptiedDatabase(fresh)
  const versionsOf = async ({ database }: Studio) => {
    const sql = 'SELECT "planId", "version" FROM "studio_plan_version" ORDER BY "planId", "version"'
    const rows = await database.read((manager) => manager.query<{ planId: string; version: number }[]>(sql), {
      acrossTenants: true,
    })
    return rows.map(({ planId, version }) => `${planId} ${version}`)
  }
  const buildIn = async ({ agent }: Studio) => (await agent.billingManagerListPlans({ plan: 'build' })).items[0]
  const dearer = { ...BUILD, prices: { 'did.create': '200' } }

  it('lists the plans in force, and writes nothing', async () => {
    const studio = await openStudio(await emptied())
    const { items } = await studio.agent.billingManagerListPlans({})
    expect(items.map(({ plan, version, trialDays }) => [plan, version, trialDays])).toEqual([
      ['build', 1, null],
      ['trial', 1, 30],
    ])
    expect(items[0]?.meters[0]).toEqual({
      ...{ meter: 'did.create', limit: 3 },
      overage: { allowed: true, price: { denom: 'ncheq', amount: '100' } },
    })
    expect(await versionsOf(studio)).toEqual([])
    const unknown = studio.agent.billingManagerListPlans({ plan: 'gold' })
    expect(await errorOf(unknown)).toMatchObject({ code: 'plan_unknown' })
    await studio.close()
  })

  it('adds a version when a process starts with other terms, and none when it starts with the same', async () => {
    const url = await emptied()
    for (const [plans, versions] of [
      [
        [BUILD, TRIAL],
        ['build 1', 'trial 1'],
      ],
      [
        [BUILD, TRIAL],
        ['build 1', 'trial 1'],
      ],
      [
        [dearer, TRIAL],
        ['build 1', 'build 2', 'trial 1'],
      ],
      [[BUILD], ['build 1', 'build 2', 'build 3', 'trial 1']],
    ] as const) {
      const studio = await openStudio(url, { plans })
      const before = await buildIn(studio)
      await studio.start('alice', 'createVerifiableCredential')
      expect(await versionsOf(studio)).toEqual(versions)
      // What was to come is what came.
      expect(await buildIn(studio)).toEqual(before)
      await studio.close()
    }
  })

  it('adds one version where several processes start at once', async () => {
    const url = await emptied()
    const studios = [await openStudio(url), await openStudio(url), await openStudio(url)]
    await Promise.all(studios.map((studio, index) => studio.start(`c${index}`, 'createVerifiableCredential')))
    expect(await versionsOf(studios[0]!)).toEqual(['build 1', 'trial 1'])
    for (const studio of studios) await studio.close()
  })

  it('lets the newest version hold in processes that started with an older one', async () => {
    const url = await emptied()
    const older = await openStudio(url, { plans: [BUILD] })
    await older.start('alice', 'didManagerCreate')
    const newer = await openStudio(url, { plans: [{ ...dearer, limits: { ...BUILD.limits, 'did.create': 1 } }] })
    await newer.start('bob', 'didManagerCreate')
    expect(await buildIn(older)).toMatchObject({ version: 2 })
    const { usage, denial } = await older.reserve({ customerId: 'alice', method: 'didManagerCreate' })
    expect(usage).toMatchObject({ limit: 1, remaining: 0 })
    expect(denial?.price?.amount).toBe('200')
    await older.close()
    await newer.close()
  })
})
