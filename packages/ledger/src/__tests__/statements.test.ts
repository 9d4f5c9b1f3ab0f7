import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { describeOnEachDatabase, temporaryDirectory } from '@veramo-studio/test-support'
import type { EntityManager } from 'typeorm'
import { applyOperations } from '../apply-operations.js'
import { ChainKey } from '../chain-key.js'
import { postOperation } from '../operations.js'
import {
  CHAIN_KEY,
  CREDIT,
  emptyLedger,
  leg,
  openLedger,
  operations,
  OUTSIDE,
  recording,
  START,
  UNIT,
  type OpenLedger,
} from './open-ledger.js'

describeOnEachDatabase('the statements of an operation', (fresh, engine) => {
  /** Postgres takes all changes in one. */
  const whole = engine === 'postgres' ? 4 : 6
  let opened: OpenLedger

  beforeAll(async () => {
    opened = await openLedger(await fresh())
  })

  beforeEach(async () => {
    await emptyLedger(opened)
    const run = operations(opened)
    await run.fund('t1', 'fund', 100n)
    await run.hold({ tenantId: 't1', transferId: 'first', legs: [leg(CREDIT, 'revenue', 5n)] })
    await run.settle('t1', 'first')
  })

  afterAll(() => opened.database.close())

  const count = (work: (manager: EntityManager) => Promise<unknown>) =>
    opened.database.write(
      async (manager) => {
        const recorder = recording(manager)
        await work(recorder.manager)
        return recorder.statements.length
      },
      { acrossTenants: true },
    )

  it.each([1, 3])('are as few for a hold as for what ends it, also with %d legs', async (size) => {
    const { ledger } = opened
    const legs = Array.from({ length: size }, () => leg(CREDIT, 'revenue', 5n))
    for (const transferId of ['h1', 'h2', 'h3']) {
      expect(await count((manager) => ledger.hold(manager, { tenantId: 't1', transferId, legs }))).toBe(whole)
    }
    const amounts = legs.map(() => 3n)
    expect(await count((manager) => ledger.settle(manager, { tenantId: 't1', transferId: 'h1', amounts }))).toBe(whole)
    expect(await count((manager) => ledger.settle(manager, { tenantId: 't1', transferId: 'h2' }))).toBe(whole)
    expect(await count((manager) => ledger.void(manager, { tenantId: 't1', transferId: 'h3' }))).toBe(whole)
  })

  it('are those that read where there is not enough', async () => {
    const request = { tenantId: 't1', transferId: 'h1', legs: [leg(CREDIT, 'revenue', 500n)] }
    expect(await count((manager) => opened.ledger.hold(manager, request))).toBe(engine === 'postgres' ? 3 : 2)
  })

  it('begin the journals of several tenants in one order, however they were asked for', async () => {
    const deps = { chainKey: new ChainKey(CHAIN_KEY), clock: opened.clock }
    const begun = await opened.database.write(
      async (manager) => {
        const recorder = recording(manager)
        const operations = ['n2', 'n3', 'n1', 'n2'].map((tenantId, index) =>
          postOperation(deps, { tenantId, transferId: `p${index}`, legs: [leg(OUTSIDE, CREDIT, 1n)] }),
        )
        await applyOperations(deps.chainKey, recorder.manager, operations)
        return recorder.statements.flatMap(([sql, parameters]) =>
          sql.startsWith('INSERT INTO "studio_ledger_chain"') ? parameters.flat() : [],
        )
      },
      { acrossTenants: true },
    )
    expect(begun).toEqual(['n1', 'n2', 'n3'])
  })

  it('read the rows that it names, of all that its tenant and others have', async () => {
    const run = operations(opened)
    const legs = [leg(CREDIT, 'revenue', 5n)]
    await run.fund('t2', 'fund', 100n)
    await run.post({ tenantId: 't1', transferId: 'other', legs: [{ ...leg(OUTSIDE, CREDIT, 1n), asset: 'other' }] })
    await run.post({ tenantId: 't1', transferId: 'spent', legs: [leg(CREDIT, 'suspense', 1n)] })
    for (const tenantId of ['t1', 't2']) await run.hold({ tenantId, transferId: 'h1', legs })
    const read = await opened.database.write(
      async (manager) => {
        const recorder = recording(manager)
        await opened.ledger.settle(recorder.manager, { tenantId: 't1', transferId: 'h1' })
        const reading = recorder.statements.filter(([sql]) => sql.startsWith('SELECT'))
        const rows: unknown[][] = []
        for (const [sql, parameters] of reading) rows.push(await manager.query<unknown[]>(sql, parameters))
        return rows.map(({ length }) => length)
      },
      { acrossTenants: true },
    )
    // A chain and its transfer, together on SQLite; what is held, who has paid it, and who is paid.
    expect(read).toEqual(engine === 'postgres' ? [1, 1, 3] : [1, 3])
  })
})

describe('on SQLite, however many rows there are', () => {
  const directory = temporaryDirectory()
  const now = START.toISOString()
  const reference = { tenantId: 't1', transferId: 'h1' }

  const plansOf = async (work: (opened: OpenLedger, manager: EntityManager) => Promise<unknown>) => {
    const opened = await openLedger(`sqlite:${directory}/plans.sqlite`)
    try {
      await opened.database.write(
        async (manager) => {
          const { ledger } = opened
          const legs = [leg(CREDIT, 'revenue', 5n)]
          await ledger.post(manager, { tenantId: 't1', transferId: 'fund', legs: [leg('outside:plan', CREDIT, 100n)] })
          await ledger.hold(manager, { tenantId: 't1', transferId: 'h1', legs })
        },
        { acrossTenants: true },
      )
      return await opened.database.write(
        async (manager) => {
          const recorder = recording(manager)
          await work(opened, recorder.manager)
          const plans: string[] = []
          for (const [sql, parameters] of recorder.statements) {
            const steps = await manager.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`, parameters)
            plans.push(...steps.map((step) => step.detail))
          }
          return plans
        },
        { acrossTenants: true },
      )
    } finally {
      await opened.database.close()
    }
  }

  it.each<[string, (opened: OpenLedger, manager: EntityManager) => Promise<unknown>]>([
    [
      'hold',
      ({ ledger }, m) => ledger.hold(m, { tenantId: 't1', transferId: 'h2', legs: [leg(CREDIT, 'revenue', 1n)] }),
    ],
    ['settle', ({ ledger }, m) => ledger.settle(m, reference)],
    ['expire', ({ ledger }, m) => ledger.expire(m, reference)],
    ['reschedule', ({ ledger }, m) => ledger.reschedule(m, { ...reference, expiresAt: now })],
    ['getTransfer', ({ ledger }, m) => ledger.getTransfer(m, reference)],
    ['listDue', ({ ledger }, m) => ledger.listDue(m, START, 10)],
    ['listPending', ({ ledger }, m) => ledger.listPending(m)],
    ['listPending of a tenant', ({ ledger }, m) => ledger.listPending(m, { tenantId: 't1' })],
    ['balance', ({ ledger }, m) => ledger.balance(m, { tenantId: 't1', code: CREDIT, asset: UNIT })],
    ['balances', ({ ledger }, m) => ledger.balances(m, 't1')],
    ['balanceAt', ({ ledger }, m) => ledger.balanceAt(m, { tenantId: 't1', code: CREDIT, asset: UNIT, at: now })],
    ['statement', ({ ledger }, m) => ledger.statement(m, { tenantId: 't1' })],
    ['statement of an account', ({ ledger }, m) => ledger.statement(m, { tenantId: 't1', code: CREDIT, asset: UNIT })],
    ['statement of a code', ({ ledger }, m) => ledger.statement(m, { tenantId: 't1', code: CREDIT })],
    ['statement of an asset', ({ ledger }, m) => ledger.statement(m, { tenantId: 't1', asset: UNIT })],
    ['newest of a tenant', ({ ledger }, m) => ledger.statement(m, { tenantId: 't1', first: 'newest' })],
    [
      'newest of an account',
      ({ ledger }, m) => ledger.statement(m, { tenantId: 't1', code: CREDIT, asset: UNIT, first: 'newest' }),
    ],
    ['newest of an asset', ({ ledger }, m) => ledger.statement(m, { tenantId: 't1', asset: UNIT, first: 'newest' })],
    ['statement of a time', ({ ledger }, m) => ledger.statement(m, { tenantId: 't1', from: now, to: now })],
    ['balances of named accounts', ({ ledger }, m) => ledger.balances(m, 't1', [{ code: CREDIT, asset: UNIT }])],
    ['head', ({ ledger }, m) => ledger.head(m, 't1')],
    ['heads', ({ ledger }, m) => ledger.heads(m, { limit: 10 })],
    ['verify', ({ ledger }, m) => ledger.verify(m)],
  ])('%s finds its rows by an index, and sorts none', async (_operation, work) => {
    const plans = await plansOf(work)
    expect(plans.length).toBeGreaterThan(0)
    // What is scanned besides are the few rows of a VALUES or of a subquery.
    const tables = plans.filter((step) => /SCAN (studio_|[acest]\b)|TEMP B-TREE/.test(step))
    expect(tables).toEqual([])
  })
})
