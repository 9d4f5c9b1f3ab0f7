import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { CREDIT, leg, openLedger, openLedgerDatabase, operations, OUTSIDE, type OpenLedger } from './open-ledger.js'

const ROUNDS = process.env['SOAK'] === '1' ? 10_000 : 300
/** Transfers whose endings race at the same time. */
const WAVE = 10
const AMOUNT = 5n
const ENDINGS = ['settle', 'void', 'expire', 'settle'] as const

describeOnEachDatabase('two processes', (fresh) => {
  let one: OpenLedger
  let other: OpenLedger

  beforeAll(async () => {
    const url = await fresh()
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
