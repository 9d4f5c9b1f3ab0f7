import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { openDatabase } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { CloseBooks } from '../typeorm/migrations/1763600000012-close-books.js'
import { Entities, migrations } from '../index.js'
import { CREDIT, leg, openLedger, operations, OUTSIDE, type OpenLedger } from './open-ledger.js'

describeOnEachDatabase('closing the books of a tenant', (fresh) => {
  let url: string
  let opened: OpenLedger
  let run: ReturnType<typeof operations>

  beforeAll(async () => {
    url = await fresh()
    opened = await openLedger(url)
    run = operations(opened)
  })

  afterAll(() => opened.database.close())

  const close = (tenantId: string) =>
    opened.database.write((manager) => opened.ledger.close(manager, tenantId), { tenantId })
  const funding = (tenantId: string, transferId: string) => ({
    ...{ tenantId, transferId },
    legs: [leg(OUTSIDE, CREDIT, 5n)],
  })
  const post = (tenantId: string, transferId: string) =>
    opened.database.write((manager) => opened.ledger.post(manager, funding(tenantId, transferId)), { tenantId })
  const hold = (tenantId: string, transferId: string) => {
    const request = { tenantId, transferId, legs: [leg(CREDIT, 'revenue', 1n)] }
    return opened.database.write((manager) => opened.ledger.hold(manager, request), { tenantId })
  }

  it('lets nothing new be posted or held, of this tenant alone', async () => {
    await post('t1', 'before')
    await post('t2', 'before')
    await close('t1')
    await close('t1')
    for (const late of [post('t1', 'late'), hold('t1', 'late')]) {
      await expect(late).rejects.toMatchObject({ code: 'account_closed', status: 409 })
    }
    expect(
      (await opened.database.read((manager) => opened.ledger.head(manager, 't1'), { acrossTenants: true })).seq,
    ).toBe(1)
    expect(await post('t2', 'other')).toMatchObject({ outcome: 'posted' })
  })

  it('closes books that were never opened', async () => {
    await close('never')
    await expect(post('never', 'late')).rejects.toMatchObject({ code: 'account_closed' })
  })

  it('gives those who ask again what was made in time, and lets what is pending be ended', async () => {
    const first = await post('t3', 'before')
    await hold('t3', 'pending')
    await close('t3')
    expect(await post('t3', 'before')).toEqual({ ...first, replayed: true })
    expect(await run.settle('t3', 'pending')).toMatchObject({ outcome: 'settled' })
    expect(await opened.ledger.verify(opened.database)).toMatchObject({ valid: true })
  })

  it('shows whoever closes all that was posted before, of what two processes do at once', async () => {
    const other = await openLedger(url)
    for (let round = 0; round < 10; round += 1) {
      const tenantId = `race${round}`
      const posting = other.database.write((manager) => other.ledger.post(manager, funding(tenantId, 'p')), {
        tenantId,
      })
      const closing = opened.database.write(
        async (manager) => {
          await opened.ledger.close(manager, tenantId)
          return (await opened.ledger.head(manager, tenantId)).seq
        },
        { tenantId },
      )
      const [posted, seen] = await Promise.allSettled([posting, closing])
      expect(seen).toEqual({ status: 'fulfilled', value: posted.status === 'fulfilled' ? 1 : 0 })
    }
    await other.database.close()
  })

  it('comes to books of before with their rows', async () => {
    const older = await fresh()
    const before = migrations.filter((migration) => migration !== CloseBooks)
    const database = await openDatabase({ url: older, entities: Entities, migrations: before })
    await database.write(
      (manager) => manager.query(`INSERT INTO "studio_ledger_chain" ("tenantId", "seq", "hash") VALUES ('old', 0, '')`),
      { acrossTenants: true },
    )
    await database.close()
    const newer = await openLedger(older)
    const request = funding('old', 'p')
    expect(
      await newer.database.write((manager) => newer.ledger.post(manager, request), { acrossTenants: true }),
    ).toMatchObject({
      outcome: 'posted',
    })
    await newer.database.close()
  })
})
