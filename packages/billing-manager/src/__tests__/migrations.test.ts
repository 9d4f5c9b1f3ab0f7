import { expect, it } from '@jest/globals'
import { Ledger, Entities as ledgerEntities, migrations as ledgerMigrations } from '@veramo-studio/ledger'
import { openDatabase } from '@veramo-studio/plugin-kit'
import { createSecretKey } from 'node:crypto'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { migrations } from '../index.js'
import { buryOthers, openStudio, usageOf } from './studio.js'

describeOnEachDatabase('a database of the first version', (fresh) => {
  it('keeps its open and its ended calls, and goes on with them', async () => {
    const url = await fresh()
    const [first] = migrations
    const old = await openDatabase({
      url,
      entities: [ledgerEntities],
      migrations: [ledgerMigrations, ...(first ? [[first]] : [])],
    })
    const ledger = new Ledger({ chainKey: createSecretKey(Buffer.alloc(32, 7)) })
    const leg = { asset: 'unit:did.create', amount: 1n }
    await old.write(
      async (manager) => {
        for (const [id, state, endedAt] of [
          ['open', 'reserved', null],
          ['ended', 'settled', '2030-03-01T12:00:00.000Z'],
        ] as const) {
          await manager.query(
            `INSERT INTO "studio_reservation" ("tenantId", "reservationId", "method", "meter", "units", "effect", ` +
              `"environment", "planId", "planVersion", "periodStart", "processId", "state", "createdAt", "endedAt") ` +
              `VALUES ('alice', '${id}', 'didManagerCreate', 'did.create', 1, 'pure', 'live', 'build', 1, ` +
              `'2030-03-01T12:00:00.000Z', 'gone', '${state}', '2030-03-01T12:00:00.000Z', ` +
              `${endedAt === null ? 'NULL' : `'${endedAt}'`})`,
          )
          const legs = [{ from: 'outside:overage', to: 'used:did.create:2030-03-01T12:00:00.000Z', ...leg }]
          await ledger.hold(manager, { tenantId: 'alice', transferId: id, legs })
          if (endedAt !== null) await ledger.settle(manager, { tenantId: 'alice', transferId: id })
        }
      },
      { acrossTenants: true },
    )
    await old.close()

    const studio = await openStudio(url)
    await studio.start('bob', 'didManagerCreate')
    await buryOthers(studio)
    const list = (state: 'open' | 'settled' | 'voided') =>
      studio.agent.billingManagerListReservations({ customerId: 'alice', state })
    expect((await list('open')).items).toMatchObject([{ reservationId: 'open', state: 'reserved', transactions: [] }])
    expect((await list('settled')).items).toMatchObject([{ reservationId: 'ended' }])
    expect(await studio.billing.recover()).toEqual({ settled: 0, voided: 1 })
    expect((await list('voided')).items).toMatchObject([{ reservationId: 'open' }])
    expect(await studio.agent.billingManagerVerifyBooks({})).toMatchObject({ valid: true })
    expect(await usageOf(studio, 'bob', 'did.create')).toMatchObject({ held: 1 })
    await studio.close()
  })
})
