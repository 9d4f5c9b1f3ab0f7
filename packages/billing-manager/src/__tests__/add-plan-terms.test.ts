import { createSecretKey } from 'node:crypto'
import { expect, it } from '@jest/globals'
import { Entities as ledgerEntities, Ledger, migrations as ledgerMigrations } from '@veramo-studio/ledger'
import { openDatabase, type Migration } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { Entities, migrations } from '../index.js'
import { CreateBilling } from '../typeorm/migrations/1763600000007-create-billing.js'
import { NOW, openStudio, usageOf } from './studio.js'

const AT = NOW.toISOString()
const START = '2030-02-20T08:00:00.000Z'
const PLAN = '{"trialDays":null,"meters":[{"meter":"did.create","limit":3,"price":"100"}]}'
const DIGEST = '8afbcc1d4f3a4d5c0b7b3e1b6d2f0a4c'

/** What a database of the version before holds: a customer with a used unit, an open call and a grant. */
const ROWS = [
  `INSERT INTO studio_plan_version ("planId", version, body, digest, "createdAt")
   VALUES ('build', 1, '${PLAN}', '${DIGEST}', '${START}')`,
  `INSERT INTO studio_subscription ("tenantId", "planId", "anchorAt", "updatedAt")
   VALUES ('alice', 'build', '${START}', '${START}')`,
  `INSERT INTO studio_allowance ("tenantId", meter, "periodStart", granted) VALUES ('alice', 'did.create', '${START}', 3)`,
  ...['settled', 'reserved'].map(
    (state) =>
      `INSERT INTO studio_reservation ("tenantId", "reservationId", method, meter, units, effect, environment, "planId",
       "planVersion", "periodStart", "processId", state, "createdAt") VALUES ('alice', '${state}', 'didManagerCreate',
       'did.create', 1, 'pure', 'live', 'build', 1, '${START}', 'gone', '${state}', '${AT}')`,
  ),
]

describeOnEachDatabase('the migration to plans with more terms', (fresh) => {
  it('keeps what customers have used, what they have open, and what plan they are on', async () => {
    const url = await fresh()
    const older: Migration[] = [CreateBilling]
    const before = await openDatabase({ url, entities: [ledgerEntities], migrations: [ledgerMigrations, older] })
    const ledger = new Ledger({ chainKey: createSecretKey(Buffer.alloc(32, 7)) })
    const asset = 'unit:did.create'
    const account = (kind: string) => `${kind}:did.create:${START}`
    await before.write(
      async (manager) => {
        for (const row of ROWS) await manager.query(row)
        const post = (transferId: string, [from, to]: [string, string], amount: bigint) =>
          ledger.post(manager, { tenantId: 'alice', transferId, legs: [{ from, to, asset, amount }] })
        await post('allowance', ['outside:plan', account('allowance')], 3n)
        await post('settled', [account('allowance'), account('used')], 1n)
        const legs = [{ from: account('allowance'), to: account('used'), asset, amount: 1n }]
        await ledger.hold(manager, { tenantId: 'alice', transferId: 'reserved', legs })
      },
      { acrossTenants: true },
    )
    await before.close()

    const plans = [{ plan: 'build', limits: { 'did.create': 3 }, prices: { 'did.create': '100' } }]
    const methods = { didManagerCreate: { effect: 'pure', meter: 'did.create' } } as const
    const studio = await openStudio(url, { plans, methods })
    const period = { limit: 3, resetsAt: '2030-03-20T08:00:00.000Z' }
    expect(await usageOf(studio, 'alice', 'did.create')).toMatchObject({ ...period, used: 1, held: 1, remaining: 1 })
    await studio.billing.void({ customerId: 'alice', reservationId: 'reserved' })
    expect(await usageOf(studio, 'alice', 'did.create')).toMatchObject({ ...period, used: 1, held: 0, remaining: 2 })
    await studio.start('alice', 'didManagerCreate')
    expect(await studio.agent.billingManagerVerifyBooks({})).toMatchObject({ valid: true })
    await studio.close()
  })

  it('is undone and done again without a loss', async () => {
    const url = await fresh()
    const database = await openDatabase({ url, entities: [Entities], migrations: [migrations] })
    await database.write(
      async (manager) => {
        for (const row of ROWS) await manager.query(row)
      },
      { acrossTenants: true },
    )
    const rows = () =>
      database.read((manager) => manager.query<object[]>('SELECT * FROM studio_reservation'), { acrossTenants: true })
    const before = await rows()
    const [, migration] = migrations.map((Class) => new Class())
    await database.write(
      async ({ queryRunner }) => {
        if (queryRunner === undefined || migration === undefined) throw new Error('nothing to undo')
        await migration.down(queryRunner)
        await migration.up(queryRunner)
      },
      { acrossTenants: true },
    )
    expect(before).toHaveLength(2)
    expect(await rows()).toEqual(before)
    await database.close()
  })
})
