import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { describeOnEachDatabase, spawnChild } from '@veramo-studio/test-support'
import type { EndingChildOptions } from './ending-child.js'
import {
  CREDIT,
  leg,
  openLedger,
  openLedgerDatabase,
  operations,
  OUTSIDE,
  UNIT,
  type OpenLedger,
} from './open-ledger.js'

const SOAKING = process.env['SOAK'] === '1'
/** Transfers that are raced for in the writes of two connections, and in queues: on both engines 10^4, or 10^5. */
const ROUNDS = SOAKING ? 5000 : 500
const QUEUED_ROUNDS = SOAKING ? 45_000 : 4500
/** Transfers that two processes of the operating system race for, besides. */
const PROCESS_ROUNDS = SOAKING ? 5000 : 400
/** Transfers whose endings race at the same time. */
const WAVE = 10
const AMOUNT = 5n
const ENDINGS = ['settle', 'void', 'expire', 'settle'] as const

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

describeOnEachDatabase('two processes', (fresh) => {
  let url: string
  let one: OpenLedger
  let other: OpenLedger

  beforeAll(async () => {
    url = await fresh()
    one = await openLedger(url)
    other = { ...one, database: await openLedgerDatabase(url) }
  })

  afterAll(async () => {
    await one.database.close()
    await other.database.close()
  })

  const either = () => operations(Math.random() < 0.5 ? one : other)

  it(
    'that end the same hold in different ways: one does, the others are told, and nothing is lost',
    async () => {
      const run = operations(one)
      await run.fund('t1', 'fund', AMOUNT * BigInt(ROUNDS))
      const expiresAt = one.clock.now().toISOString()
      const wins = { settled: 0, voided: 0, expired: 0 }
      const raceOne = async (transferId: string) => {
        const legs = [leg(CREDIT, 'revenue', AMOUNT)]
        expect(await either().hold({ tenantId: 't1', transferId, legs, expiresAt })).toMatchObject({ outcome: 'held' })
        const shuffled = [...ENDINGS].sort(() => Math.random() - 0.5)
        const results = await Promise.all(shuffled.map((ending) => either()[ending]('t1', transferId)))
        const winners = results.filter((result) => 'transfer' in result && result.outcome === result.transfer.state)
        expect(winners).toHaveLength(1)
        const state = winners[0]?.outcome as keyof typeof wins
        wins[state] += 1
        const losers = results.filter((result) => result !== winners[0])
        expect(losers).toHaveLength(ENDINGS.length - 1)
        for (const loser of losers) expect(loser).toMatchObject({ outcome: 'not_pending', state })
      }
      for (let round = 0; round < ROUNDS; round += WAVE) {
        await Promise.all(Array.from({ length: WAVE }, (_unused, index) => raceOne(`h${round + index}`)))
      }
      const funded = AMOUNT * BigInt(ROUNDS)
      const settled = AMOUNT * BigInt(wins.settled)
      expect(wins.settled + wins.voided + wins.expired).toBe(ROUNDS)
      // Otherwise it was no race.
      expect(Math.min(...Object.values(wins))).toBeGreaterThan(0)
      expect(await run.balances('t1')).toEqual({ [CREDIT]: funded - settled, revenue: settled, [OUTSIDE]: -funded })
      expect(await run.verify('t1')).toMatchObject({ valid: true, checked: 1 + 2 * ROUNDS })
    },
    ROUNDS * 200,
  )

  it(
    'that end the same holds through their queues: one does, the others are told',
    async () => {
      const queues = [one, one, other].map(({ ledger, database }) => ledger.queue(database))
      const anyQueue = () => queues[Math.floor(Math.random() * queues.length)]!
      const [first] = queues
      const tenants = ['q1', 'q2', 'q3']
      const references = Array.from({ length: QUEUED_ROUNDS }, (_unused, index) => ({
        ...{ tenantId: tenants[index % tenants.length]!, transferId: `h${index}` },
      }))
      const fund = { from: OUTSIDE, to: CREDIT, asset: UNIT, amount: AMOUNT * BigInt(QUEUED_ROUNDS) }
      for (const tenantId of tenants) await first!.post({ tenantId, transferId: 'fund', legs: [fund] })
      const expiresAt = one.clock.now().toISOString()
      const wins: Record<string, number> = {}
      for (let start = 0; start < QUEUED_ROUNDS; start += 500) {
        const wave = references.slice(start, start + 500)
        const legs = [leg(CREDIT, 'revenue', AMOUNT)]
        await Promise.all(wave.map((reference) => anyQueue().hold({ ...reference, legs, expiresAt })))
        const shuffled = wave
          .flatMap((reference) => ENDINGS.map((ending) => ({ reference, ending })))
          .sort(() => Math.random() - 0.5)
        const results = await Promise.all(
          shuffled.map(async ({ reference, ending }) => ({
            transferId: reference.transferId,
            result: await anyQueue()[ending](reference),
          })),
        )
        const byTransfer = grouped(results, ({ transferId }) => transferId)
        expect(byTransfer.size).toBe(wave.length)
        for (const raced of byTransfer.values()) {
          const winners = raced.filter(({ result }) => result.outcome !== 'not_pending')
          expect(winners).toHaveLength(1)
          const state = winners[0]!.result.outcome
          wins[state] = (wins[state] ?? 0) + 1
          for (const { result } of raced) {
            if (result.outcome === 'not_pending') expect(result.state).toBe(state)
          }
        }
      }
      expect(Object.keys(wins).sort()).toEqual(['expired', 'settled', 'voided'])
      let settled = 0n
      for (const tenantId of tenants) {
        const { revenue = 0n, held = 0n } = await operations(one).balances(tenantId)
        expect(held).toBe(0n)
        settled += revenue
        expect(await operations(one).verify(tenantId)).toMatchObject({ valid: true })
      }
      expect(settled).toBe(AMOUNT * BigInt(wins['settled'] ?? 0))
    },
    QUEUED_ROUNDS * 40,
  )

  it(
    'of the operating system that end the same holds: one does, the other is told',
    async () => {
      const run = operations(one)
      const amount = AMOUNT * BigInt(PROCESS_ROUNDS)
      await run.fund('p1', 'fund', amount)
      const queue = one.ledger.queue(one.database)
      const transferIds = Array.from({ length: PROCESS_ROUNDS }, (_unused, index) => `h${index}`)
      const legs = [leg(CREDIT, 'revenue', AMOUNT)]
      const expiresAt = one.clock.now().toISOString()
      await Promise.all(transferIds.map((transferId) => queue.hold({ tenantId: 'p1', transferId, legs, expiresAt })))
      const script = new URL('./ending-child.js', import.meta.url)
      const children = ENDINGS.slice(0, 3).map((ending) => {
        const options: EndingChildOptions = { url, tenantId: 'p1', ending, count: PROCESS_ROUNDS }
        return spawnChild(script, options)
      })
      const ended = await Promise.all(children.map((child) => child.ended))
      expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
      const told = grouped(
        ended.flatMap(({ lines }) => lines.map((line) => line.split(' '))),
        ([transferId = '']) => transferId,
      )
      expect(told.size).toBe(PROCESS_ROUNDS)
      for (const answers of told.values()) {
        const won = answers.filter(([, outcome]) => outcome !== 'not_pending')
        expect(won).toHaveLength(1)
        expect(answers.map(([, , state]) => state)).toEqual(Array(3).fill(won[0]?.[1]))
      }
      const settled = AMOUNT * BigInt([...told.values()].flat().filter(([, outcome]) => outcome === 'settled').length)
      const { revenue = 0n, [CREDIT]: credit = 0n, held = 0n } = await run.balances('p1')
      expect([revenue, credit, held]).toEqual([settled, amount - settled, 0n])
      expect(await run.verify('p1')).toMatchObject({ valid: true, checked: 1 + 2 * PROCESS_ROUNDS })
    },
    60_000 + PROCESS_ROUNDS * 40,
  )

  it('that hold from one account at once never take more than it has', async () => {
    const run = operations(one)
    await run.fund('t2', 'fund', 50n)
    const results = await Promise.all(
      Array.from({ length: 80 }, (_unused, index) =>
        either().hold({ tenantId: 't2', transferId: `h${index}`, legs: [leg(CREDIT, 'revenue', 1n)] }),
      ),
    )
    expect(results.filter((result) => result.outcome === 'held')).toHaveLength(50)
    const refused = results.filter((result) => result.outcome !== 'held')
    for (const result of refused) expect(result).toEqual({ outcome: 'insufficient', legIndex: 0, available: 0n })
    expect(await run.balances('t2')).toEqual({ held: 50n, [OUTSIDE]: -50n })
    expect(await run.verify('t2')).toEqual({ valid: true, checked: 51 })
  })

  it('that ask for the same transfer at once make it once', async () => {
    const request = { tenantId: 't3', transferId: 'p1', legs: [leg(OUTSIDE, CREDIT, 7n)] }
    const results = await Promise.all(Array.from({ length: 20 }, () => either().post(request)))
    expect(results.filter((result) => result.outcome === 'posted' && !result.replayed)).toHaveLength(1)
    expect(results.filter((result) => result.outcome === 'posted' && result.replayed)).toHaveLength(19)
    expect(await operations(one).balance('t3', CREDIT)).toBe(7n)
  })

  it('that write for the same tenants in batches lose nothing', async () => {
    const tenants = Array.from({ length: 8 }, (_unused, index) => `busy${index}`)
    const posts = Array.from({ length: 160 }, (_unused, index) => {
      const tenantId = tenants[(index * 5) % tenants.length]!
      const { database, ledger } = index % 2 === 0 ? one : other
      const request = { tenantId, transferId: `p${index}`, legs: [leg(OUTSIDE, CREDIT, 1n)] }
      return database.write((manager) => ledger.post(manager, request), { tenantId })
    })
    const results = await Promise.all(posts)
    expect(results.every((result) => result.outcome === 'posted')).toBe(true)
    for (const tenantId of tenants) expect(await operations(one).balance(tenantId, CREDIT)).toBe(20n)
  })
})
