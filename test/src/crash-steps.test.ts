import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { describeOnEachDatabase, spawnChild } from '@veramo-studio/test-support'
import { inPairs } from './faults/in-pairs.js'
import type { LedgerChildOptions } from './faults/ledger-child.js'
import {
  balancesOf,
  LEDGER_OPERATIONS,
  openLedger,
  prepareLedger,
  type OpenLedger,
} from './faults/ledger-operations.js'
import { distinctSteps } from './faults/steps.js'

const SOAKING = process.env['SOAK'] === '1'
/** Those around the commit: the steps before it are undone alike. */
const STEPS_ON_POSTGRES = 2
const LIMIT_MS = SOAKING ? 600_000 : 120_000

describeOnEachDatabase('a process that is killed at any step of the ledger', (fresh, engine) => {
  let url: string
  let opened: OpenLedger
  let tenants = 0

  beforeAll(async () => {
    url = await fresh()
    opened = await openLedger(url)
  })
  afterAll(() => opened.database.close())

  const run = (options: Omit<LedgerChildOptions, 'url'>) =>
    spawnChild(new URL('./faults/ledger-child.js', import.meta.url), { url, ...options }).ended

  it.each(Object.entries(LEDGER_OPERATIONS))(
    'leaves a %s as a whole or not at all, and whoever asks again gets it once',
    async (name, operation) => {
      const prepared = async () => {
        const tenantId = `tenant-${(tenants += 1)}`
        await prepareLedger(opened, tenantId, operation)
        return tenantId
      }
      const recorded = await prepared()
      const before = await balancesOf(opened, recorded)
      const { lines, exitCode } = await run({ operation: name, tenantId: recorded })
      expect(exitCode).toBe(0)
      expect(await balancesOf(opened, recorded)).toEqual(operation.leaves)
      expect(lines).toEqual(expect.arrayContaining(['before INSERT studio_ledger_entry #1', 'after COMMIT #1']))

      const distinct = distinctSteps(lines)
      const few = engine === 'sqlite' ? distinct : distinct.slice(-STEPS_ON_POSTGRES)
      await inPairs(SOAKING ? lines : few, async (dieAt) => {
        const tenantId = await prepared()
        const { signal } = await run({ operation: name, tenantId, dieAt })
        expect([dieAt, signal]).toEqual([dieAt, 'SIGKILL'])
        const isDone = dieAt === 'after COMMIT #1'
        expect([dieAt, await balancesOf(opened, tenantId)]).toEqual([dieAt, isDone ? operation.leaves : before])
        expect(await opened.ledger.verify(opened.database, { tenantId })).toMatchObject({ valid: true })
        const states = [await operation.run(opened, tenantId), await operation.run(opened, tenantId)]
        expect(states[0]).toBe(states[1])
        expect([dieAt, await balancesOf(opened, tenantId)]).toEqual([dieAt, operation.leaves])
        expect(await opened.ledger.verify(opened.database, { tenantId })).toMatchObject({ valid: true })
      })
    },
    LIMIT_MS,
  )
})
