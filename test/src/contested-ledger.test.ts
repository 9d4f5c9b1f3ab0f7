import { expect, it } from '@jest/globals'
import { describeOnEachDatabase, spawnChild } from '@veramo-studio/test-support'
import type { SpendingContest, SpendingReport } from './faults/contesting-child.js'
import { openLedger } from './faults/ledger-operations.js'

const SOAKING = process.env['SOAK'] === '1'
const PROCESSES = 2
/** Of each process. Every operation is a hold, or the end of one. */
const OPERATIONS = SOAKING ? 500_000 : 1000
/** Less than what all together would like to spend. */
const CREDIT = BigInt(Math.floor((PROCESSES * OPERATIONS) / 8))

describeOnEachDatabase('credit that several processes contest', (fresh) => {
  it(
    'is spent to its last coin, and never beyond',
    async () => {
      const url = await fresh()
      const opened = await openLedger(url)
      const leg = { from: 'outside:operator', to: 'credit:mainnet', asset: 'mainnet:ncheq', amount: CREDIT }
      await opened.database.write(
        (manager) => opened.ledger.post(manager, { tenantId: 'contested', transferId: 'funds', legs: [leg] }),
        { acrossTenants: true },
      )
      const children = Array.from({ length: PROCESSES }, (_unused, process) => {
        const contest: SpendingContest = { url, process, operations: OPERATIONS, callers: 64 }
        return spawnChild(new URL('./faults/contesting-child.js', import.meta.url), contest).ended
      })
      const endings = await Promise.all(children)
      expect(endings.map(({ exitCode }) => exitCode)).toEqual(children.map(() => 0))
      const reports = endings.map(({ lines }) => JSON.parse(lines[0] ?? '{}') as SpendingReport)
      const sum = (member: keyof SpendingReport) => reports.reduce((total, report) => total + report[member], 0)

      const accounts = await opened.database.read((manager) => opened.ledger.balances(manager, 'contested'), {
        acrossTenants: true,
      })
      const balances = Object.fromEntries(accounts.map(({ code, balance }) => [code, balance]))
      const overspent = BigInt(sum('paid')) - CREDIT
      process.stdout.write(
        `${sum('operations')} contested operations, ${sum('refused')} refused, overspent ${overspent}\n`,
      )
      expect(balances).toEqual({
        ...{ 'outside:operator': -CREDIT, 'credit:mainnet': 0n, held: 0n, revenue: BigInt(sum('paid')) },
      })
      expect(overspent).toBe(0n)
      expect(sum('refused')).toBeGreaterThan(0)
      expect(await opened.ledger.verify(opened.database)).toMatchObject({ valid: true })
      await opened.database.close()
    },
    SOAKING ? 3_600_000 : 60_000,
  )
})
