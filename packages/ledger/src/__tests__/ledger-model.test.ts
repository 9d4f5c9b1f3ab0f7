import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { isStudioError } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import fc from 'fast-check'
import type { AccountBalance, LedgerEntry, LedgerLeg } from '../index.js'
import { LedgerModel, type ModelTransfer } from './ledger-model.js'
import { openLedger, operations, START, type OpenLedger } from './open-ledger.js'

const RUNS = process.env['SOAK'] === '1' ? 1000 : 20
const MAX = 2n ** 63n - 1n

const code = fc.constantFrom(
  'outside:operator',
  'outside:operator',
  'outside:chain',
  'credit:mainnet',
  'grant:1',
  'revenue',
)
const amount = fc.oneof(
  { weight: 12, arbitrary: fc.bigInt(1n, 20n) },
  { weight: 1, arbitrary: fc.constantFrom(MAX, MAX - 5n, 2n ** 53n + 1n) },
)
const leg: fc.Arbitrary<LedgerLeg> = fc
  .record({ from: code, to: code, asset: fc.constantFrom('unit:did.create', 'mainnet:ncheq'), amount })
  .filter(({ from, to }) => from !== to)
const legs = fc.array(leg, { minLength: 1, maxLength: 3 })
const pick = fc.nat(100)
const FUNDING: LedgerLeg[] = ['unit:did.create', 'mainnet:ncheq'].flatMap((asset) => [
  { from: 'outside:operator', to: 'credit:mainnet', asset, amount: 50n },
  { from: 'outside:operator', to: 'grant:1', asset, amount: 30n },
])
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('post' as const), legs }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('hold' as const), legs, expiryMs: fc.option(fc.nat(1000)) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('settle' as const), pick, share: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('void' as const), pick }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('expire' as const), pick, waitMs: fc.constantFrom(0, 500, 2000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('reschedule' as const), pick, expiryMs: fc.option(fc.nat(1000)) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reuse' as const), pick, legs }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** The ledger and the model side by side, for one tenant. */
class Comparison {
  readonly model = new LedgerModel()
  private nowMs = START.getTime()
  /** What the model had at each instant, after all that was done at it. */
  private readonly history: [number, ReadonlyMap<string, bigint>][] = []
  private readonly run: ReturnType<typeof operations>

  constructor(
    private readonly opened: OpenLedger,
    private readonly tenantId: string,
  ) {
    this.run = operations(opened)
    opened.clock.set(START)
  }

  async take(taken: Step): Promise<void> {
    if (taken.do === 'post' || taken.do === 'hold') return this.start(taken.do, taken)
    const transfer = this.pick(taken.pick)
    if (transfer === undefined) return
    if (taken.do === 'repeat') return this.repeat(transfer)
    if (taken.do === 'reuse') return this.reuse(transfer, taken.legs)
    if (taken.do === 'reschedule') return this.reschedule(transfer, taken.expiryMs)
    return this.end(transfer, taken)
  }

  /** Lets time go on, and remembers what there was until then. */
  tick(): void {
    this.history.push([this.nowMs, this.model.snapshot()])
    this.wait(1)
  }

  /** What is true of the books after whatever was done. */
  async check(): Promise<void> {
    const { model, opened, tenantId } = this
    const accounts = await opened.database.read((manager) => opened.ledger.balances(manager, tenantId), {
      acrossTenants: true,
    })
    const { entries } = await opened.database.read(
      (manager) => opened.ledger.statement(manager, { tenantId, limit: 1000 }),
      { acrossTenants: true },
    )
    const open = await opened.database.read(
      (manager) => opened.ledger.listPending(manager, { tenantId, limit: 1000 }),
      { acrossTenants: true },
    )
    for (const { code: of, asset, balance } of accounts) {
      expect([of, asset, balance]).toEqual([of, asset, model.balance(of, asset)])
      expect([of, asset, balance]).toEqual([of, asset, sumOf(entries, of, asset)])
      if (!of.startsWith('outside:')) expect(balance).toBeGreaterThanOrEqual(0n)
    }
    const pending = model.transfers.filter((transfer) => transfer.state === 'pending')
    expect(open.map((transfer) => transfer.transferId).sort()).toEqual(
      pending.map(({ transferId }) => transferId).sort(),
    )
    for (const asset of new Set(accounts.map((account) => account.asset))) {
      const all = accounts.filter((account) => account.asset === asset)
      expect(all.reduce((sum, { balance }) => sum + balance, 0n)).toBe(0n)
      const held = pending.flatMap((transfer) => transfer.legs.filter((each) => each.asset === asset))
      expect(model.balance('held', asset)).toBe(held.reduce((sum, each) => sum + each.amount, 0n))
    }
    expect(await this.run.verify(tenantId)).toEqual({ valid: true, checked: model.entries })
    await this.checkPast(accounts)
  }

  /** One account at one instant after each step, another one each time: the first instant, the last, one in between. */
  private async checkPast(accounts: readonly AccountBalance[]): Promise<void> {
    const { opened, tenantId, history } = this
    const places = [0, history.length >> 1, history.length - 1]
    const [atMs, balances] = history[places[history.length % 3]!] ?? [START.getTime() - 1, new Map<string, bigint>()]
    const account = accounts[history.length % accounts.length]
    if (account === undefined) return
    const { code: of, asset } = account
    const query = { tenantId, code: of, asset, at: new Date(atMs).toISOString() }
    const balance = await opened.database.read((manager) => opened.ledger.balanceAt(manager, query), {
      acrossTenants: true,
    })
    expect([query, balance]).toEqual([query, balances.get(`${of} ${asset}`) ?? 0n])
  }

  private wait(ms: number): void {
    this.nowMs += ms
    this.opened.clock.advanceMs(ms)
  }

  /** Mostly one that is pending, sometimes any. */
  private pick(number: number): ModelTransfer | undefined {
    const { transfers } = this.model
    const pending = transfers.filter((transfer) => transfer.state === 'pending')
    const choice = number % 5 === 0 || pending.length === 0 ? transfers : pending
    return choice[number % Math.max(1, choice.length)]
  }

  private async start(
    kind: 'post' | 'hold',
    { legs: asked, expiryMs = null }: { legs: LedgerLeg[]; expiryMs?: number | null },
  ) {
    const transferId = `${kind}${this.model.transfers.length}`
    const expiresAtMs = expiryMs === null ? null : this.nowMs + expiryMs
    const expected = this.model.start({ transferId, kind, legs: asked, expiresAtMs })
    const request = { tenantId: this.tenantId, transferId, legs: asked }
    const expiresAt = expiresAtMs === null ? null : new Date(expiresAtMs).toISOString()
    const done = kind === 'post' ? this.run.post(request) : this.run.hold({ ...request, expiresAt })
    expect(await outcomeOf(done)).toBe(expected)
  }

  private async repeat({ transferId, kind, legs: asked, state }: ModelTransfer): Promise<void> {
    const result = await this.run[kind]({ tenantId: this.tenantId, transferId, legs: asked })
    expect(result).toMatchObject({ replayed: true, transfer: { state } })
  }

  /** The same id for something else, or for the same: then it is a repetition. */
  private async reuse({ transferId, kind, legs: former }: ModelTransfer, asked: LedgerLeg[]): Promise<void> {
    const textOf = (some: LedgerLeg[]) => some.map((each) => Object.values(each).join()).join(';')
    const request = { tenantId: this.tenantId, transferId }
    if (textOf(asked) !== textOf(former)) {
      expect(await outcomeOf(this.run[kind]({ ...request, legs: asked }))).toBe('transfer_conflict')
    }
    const other = kind === 'post' ? 'hold' : 'post'
    expect(await outcomeOf(this.run[other]({ ...request, legs: former }))).toBe('transfer_conflict')
    const noted = { ...request, legs: former, metadata: { note: 'another' } }
    expect(await outcomeOf(this.run[kind](noted))).toBe('transfer_conflict')
  }

  private async reschedule(transfer: ModelTransfer, expiryMs: number | null): Promise<void> {
    const expiresAtMs = expiryMs === null ? null : this.nowMs + expiryMs
    const expiresAt = expiresAtMs === null ? null : new Date(expiresAtMs).toISOString()
    const expected = this.model.reschedule(transfer, expiresAtMs)
    expect(await outcomeOf(this.run.reschedule(this.tenantId, transfer.transferId, expiresAt))).toBe(expected)
  }

  private async end(
    transfer: ModelTransfer,
    taken: Extract<Step, { do: 'settle' | 'void' | 'expire' }>,
  ): Promise<void> {
    const { transferId, expiresAtMs } = transfer
    if (taken.do === 'settle') {
      const amounts = transfer.legs.map((each) => (each.amount * BigInt(taken.share)) / 4n)
      const expected = this.model.end(transfer, 'settled', amounts)
      return expect(await outcomeOf(this.run.settle(this.tenantId, transferId, amounts))).toBe(expected)
    }
    if (taken.do === 'void') {
      const expected = this.model.end(transfer, 'voided', [])
      return expect(await outcomeOf(this.run.void(this.tenantId, transferId))).toBe(expected)
    }
    this.wait(taken.waitMs)
    const isEarly = transfer.state === 'pending' && (expiresAtMs === null || expiresAtMs > this.nowMs)
    const expected = isEarly ? 'not_due' : this.model.end(transfer, 'expired', [])
    expect(await outcomeOf(this.run.expire(this.tenantId, transferId))).toBe(expected)
  }
}

function sumOf(entries: LedgerEntry[], code: string, asset: string): bigint {
  return entries
    .filter((entry) => entry.asset === asset)
    .reduce((sum, { fromCode, toCode, amount: moved }) => {
      return sum + (toCode === code ? moved : 0n) - (fromCode === code ? moved : 0n)
    }, 0n)
}

/** An outcome, or the code of what was thrown. */
async function outcomeOf(operation: Promise<{ outcome: string }>): Promise<string> {
  try {
    return (await operation).outcome
  } catch (error) {
    if (isStudioError(error)) return error.code
    throw error
  }
}

describeOnEachDatabase('whatever is done, in whatever order', (fresh) => {
  let opened: OpenLedger

  beforeAll(async () => {
    opened = await openLedger(await fresh())
  })

  afterAll(() => opened.database.close())

  it(
    'the ledger does what the model does, and its books are right after every step',
    async () => {
      let tenants = 0
      const reached = new Set<string>()
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
          const comparison = new Comparison(opened, `t${(tenants += 1)}`)
          for (const taken of [{ do: 'post' as const, legs: FUNDING }, ...steps]) {
            await comparison.take(taken)
            await comparison.check()
            comparison.tick()
          }
          for (const { state } of comparison.model.transfers) reached.add(state)
        }),
        { numRuns: RUNS },
      )
      expect([...reached].sort()).toEqual(['expired', 'pending', 'posted', 'settled', 'voided'])
    },
    RUNS * 10_000,
  )
})
