import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { TenantTurn, TurnRequest } from '../index.js'
import { CREDIT, emptyLedger, leg, openLedger, operations, OUTSIDE, UNIT, type OpenLedger } from './open-ledger.js'

const named = (...codes: string[]) => codes.map((code) => ({ code, asset: UNIT }))
const ACCOUNTS = named(CREDIT, 'revenue', 'held')
const LEGS = [leg(CREDIT, 'revenue', 4n)]

describeOnEachDatabase('a turn', (fresh) => {
  let opened: OpenLedger
  let run: ReturnType<typeof operations>

  beforeAll(async () => {
    opened = await openLedger(await fresh())
  })

  beforeEach(async () => {
    await emptyLedger(opened)
    run = operations(opened)
    await run.fund('t1', 'fund', 10n)
  })

  afterAll(() => opened.database.close())

  const inTurn = <Result>(more: Partial<TurnRequest>, work: (turn: TenantTurn) => Promise<Result>) => {
    const request = { tenantId: 't1', ...more }
    const { tenantId } = request
    return opened.database.write((manager) => opened.ledger.turn(manager, request, work), { tenantId })
  }
  const holding = (transferId: string) => ({ tenantId: 't1', transferId, legs: LEGS })

  it('shows each hold in the balances at once, and gives the last units to who comes first', async () => {
    const seen = await inTurn({ accounts: ACCOUNTS }, async (turn) =>
      ['h1', 'h2', 'h3'].map((id) => [turn.hold(holding(id)).outcome, turn.balance({ code: CREDIT, asset: UNIT })]),
    )
    expect(seen).toEqual([
      ['held', 6n],
      ['held', 2n],
      ['insufficient', 2n],
    ])
    expect(await run.balances('t1')).toEqual({ [CREDIT]: 2n, held: 8n, [OUTSIDE]: -10n })
    expect(await run.verify()).toMatchObject({ valid: true })
  })

  it('ends several holds, each once', async () => {
    await run.hold(holding('h1'))
    await run.hold(holding('h2'))
    const outcomes = await inTurn({ ending: ['h1', 'h2', 'h3'] }, async (turn) => [
      turn.settle({ tenantId: 't1', transferId: 'h1' }),
      turn.void('h2'),
      turn.settle({ tenantId: 't1', transferId: 'h2' }),
      turn.void('h3'),
    ])
    expect(outcomes).toMatchObject([
      { outcome: 'settled', balances: expect.arrayContaining([{ code: 'revenue', asset: UNIT, balance: 4n }]) },
      { outcome: 'voided' },
      { outcome: 'not_pending', state: 'voided' },
      { outcome: 'unknown_transfer' },
    ])
    expect(await run.balances('t1')).toEqual({ [CREDIT]: 6n, revenue: 4n, [OUTSIDE]: -10n })
    expect(await run.verify()).toMatchObject({ valid: true })
  })

  it('leaves nothing where its work fails', async () => {
    const before = await run.everything('t1')
    const failing = inTurn({ accounts: ACCOUNTS }, async (turn) => {
      turn.hold(holding('h1'))
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await run.everything('t1')).toEqual(before)
  })

  it('keeps nothing of a hold whose id was used before', async () => {
    await run.fund('t1', 'more', 10n)
    await run.hold(holding('h1'))
    const before = await run.everything('t1')
    const again = inTurn({ accounts: ACCOUNTS }, async (turn) => [turn.hold(holding('h2')), turn.hold(holding('h1'))])
    await expect(again).rejects.toThrow()
    expect(await run.everything('t1')).toEqual(before)
  })

  it('moves no account that was not looked at, and no other tenant', async () => {
    await expect(inTurn({ accounts: named(CREDIT) }, async (turn) => turn.hold(holding('h1')))).rejects.toThrow(
      'was not looked at',
    )
    const other = { ...holding('h1'), tenantId: 't2' }
    await expect(inTurn({ accounts: ACCOUNTS }, async (turn) => turn.hold(other))).rejects.toThrow('not the turn of t2')
    const late = await inTurn({ accounts: named('held') }, async (turn) => {
      await turn.look(ACCOUNTS)
      return turn.hold(holding('h1')).outcome
    })
    expect(late).toBe('held')
  })

  it('looks at an account once: what it has moved since stays', async () => {
    const left = await inTurn({ accounts: ACCOUNTS }, async (turn) => {
      turn.hold(holding('h1'))
      await turn.look([...ACCOUNTS, ...named(OUTSIDE)])
      return [turn.balance({ code: CREDIT, asset: UNIT }), turn.balance({ code: OUTSIDE, asset: UNIT })]
    })
    expect(left).toEqual([6n, -10n])
  })

  it('begins a journal where accounts are named, and none to end what is not there', async () => {
    await inTurn({ tenantId: 't2', ending: ['h1'] }, async (turn) => turn.void('h1'))
    const legs = [leg(OUTSIDE, CREDIT, 1n)]
    const accounts = named(OUTSIDE, CREDIT, 'held')
    const heads = () =>
      opened.database.read((manager) => opened.ledger.heads(manager, { limit: 10 }), { acrossTenants: true })
    expect(await heads()).toHaveLength(1)
    await inTurn({ tenantId: 't2', accounts }, async (turn) => turn.hold({ tenantId: 't2', transferId: 'h1', legs }))
    expect(await heads()).toMatchObject([{ tenantId: 't1' }, { tenantId: 't2', seq: 1 }])
    expect(await run.verify()).toMatchObject({ valid: true })
  })
})
