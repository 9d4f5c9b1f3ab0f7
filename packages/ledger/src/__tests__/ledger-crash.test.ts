import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { describeOnEachDatabase, spawnChild } from '@veramo-studio/test-support'
import { CREDIT, openLedger, operations, OUTSIDE, type OpenLedger } from './open-ledger.js'
import { FUNDING, tenantOf, type SpendingChildOptions } from './spending-child.js'

const SOAKING = process.env['SOAK'] === '1'
const ROUNDS = SOAKING ? 200 : 2
const LONGEST_RUN_MS = SOAKING ? 2000 : 400
const SHORTEST_RUN_MS = 50
const CALLERS = 32
const TENANTS = 5

interface StoredTransfer {
  tenantId: string
  transferId: string
  state: string
  settledAmounts: string | null
}

describeOnEachDatabase('a process that is killed while 32 callers hold and settle', (fresh) => {
  let url: string
  let opened: OpenLedger

  beforeAll(async () => {
    url = await fresh()
    opened = await openLedger(url)
  })

  afterAll(() => opened.database.close())

  /** What each transfer would have had said of it: that it is held, and how it ended. */
  const linesOfTransfers = async () => {
    const rows = await opened.database.read(
      (manager) => manager.query<StoredTransfer[]>(`SELECT * FROM "studio_ledger_transfer" WHERE "kind" = 'hold'`),
      { acrossTenants: true },
    )
    return rows.flatMap(({ tenantId, transferId, state, settledAmounts }) => {
      const [settled] = JSON.parse(settledAmounts ?? '["0"]') as string[]
      return [`held ${tenantId} ${transferId}`, `${state} ${tenantId} ${transferId} ${settled}`]
    })
  }

  /** As a restarted service does: whatever is open is ended. */
  const voidPending = async () => {
    let ended = 0
    for (;;) {
      const pending = await opened.database.read((manager) => opened.ledger.listPending(manager), {
        acrossTenants: true,
      })
      if (pending.length === 0) return ended
      const voids = pending.map(({ tenantId, transferId }) => operations(opened).void(tenantId, transferId))
      for (const result of await Promise.all(voids)) expect(result).toMatchObject({ outcome: 'voided' })
      ended += pending.length
    }
  }

  it(
    'loses nothing that it acknowledged, and leaves whole books and no money in between',
    async () => {
      const run = operations(opened)
      let acknowledged = 0
      let voided = 0
      for (let round = 0; round < ROUNDS; round += 1) {
        const options: SpendingChildOptions = { url, callers: CALLERS, tenants: TENANTS, round }
        const child = spawnChild(new URL('./spending-child.js', import.meta.url), options)
        await child.spoken
        await sleep(SHORTEST_RUN_MS + Math.random() * (LONGEST_RUN_MS - SHORTEST_RUN_MS))
        child.process.kill('SIGKILL')
        const { signal, lines } = await child.ended
        expect(signal).toBe('SIGKILL')
        expect(lines.filter((line) => !/^(held|settled|voided) /.test(line))).toEqual([])
        expect(await run.verify()).toMatchObject({ valid: true })
        const kept = new Set(await linesOfTransfers())
        expect(lines.filter((line) => !kept.has(line))).toEqual([])
        acknowledged += lines.length
        voided += await voidPending()
        expect(await run.verify()).toMatchObject({ valid: true })
      }
      expect(acknowledged).toBeGreaterThan(ROUNDS)
      expect(voided).toBeGreaterThan(0)
      for (let tenant = 0; tenant < TENANTS; tenant += 1) {
        const balances = await run.balances(tenantOf(tenant, TENANTS))
        const { [CREDIT]: credit = 0n, revenue = 0n, ...others } = balances
        expect(others).toEqual({ [OUTSIDE]: -FUNDING })
        expect(credit + revenue).toBe(FUNDING)
      }
    },
    ROUNDS * 30_000,
  )
})
