import { expect } from '@jest/globals'
import fc from 'fast-check'
import { limitPeriodAt } from '../period.js'
import type { BillingUsage, LimitUsage, MethodRule, PlanConfiguration } from '../index.js'
import { newCustomer, type Studio } from './studio.js'

export const METER = 'm'
const HOUR_MS = 3_600_000

export const MODEL_METHODS: Record<string, MethodRule> = {
  make: { effect: 'pure', meter: METER, units: { of: '/count', max: 9 } },
}

/** Limits of all kinds, and prices that differ. */
export const MODEL_PLANS: PlanConfiguration[] = [
  { plan: 'two', limits: { [METER]: { day: 3, month: { limit: 4, rollover: 3 } } }, prices: { [METER]: '10' } },
  { plan: 'plain', limits: { [METER]: 2 } },
  {
    plan: 'hard',
    limits: { [METER]: { week: { limit: 3, max: 5 }, total: { max: 40 } } },
    prices: { [METER]: '25' },
  },
  { plan: 'trial', trialDays: 30, then: 'plain', limits: { [METER]: 3 }, prices: { [METER]: '7' } },
]

export type Step =
  | { do: 'reserve'; count: number }
  /** Several calls at once, which wait together. */
  | { do: 'reserveTogether'; counts: number[] }
  /** Ends so many open calls at once: settled and voided in turn. */
  | { do: 'endTogether'; most: number }
  | { do: 'settle' | 'void'; which: number }
  | { do: 'settlePart'; which: number; units: number }
  | { do: 'grant'; units: number; priority: number; hours: number | null }
  | { do: 'pay'; account: 'credit' | 'deposit'; amount: number }
  | { do: 'setPlan'; plan: string; effective: 'now' | 'period_end' | undefined }
  | { do: 'wait'; hours: number }

const which = fc.nat({ max: 20 })

/** Reserving and ending most of all; time goes on by hours and months, and is set back at times. */
export const stepOf: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('reserve' as const), count: fc.integer({ min: 1, max: 5 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('reserveTogether' as const),
      counts: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 8 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('endTogether' as const), most: fc.integer({ min: 2, max: 8 }) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('settle' as const, 'void' as const), which }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('settlePart' as const), which, units: fc.integer({ min: 0, max: 5 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('grant' as const),
      units: fc.integer({ min: 1, max: 4 }),
      priority: fc.integer({ min: 0, max: 2 }),
      hours: fc.option(fc.integer({ min: 1, max: 60 }), { nil: null }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('pay' as const),
      account: fc.constantFrom('credit' as const, 'deposit' as const),
      amount: fc.integer({ min: 1, max: 60 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('setPlan' as const),
      plan: fc.constantFrom(...MODEL_PLANS.map(({ plan }) => plan)),
      effective: fc.constantFrom('now' as const, 'period_end' as const, undefined),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.constantFrom(-25, 1, 12, 30, 200, 750, 1500) }),
  },
)

type Balances = ReadonlyMap<string, bigint>

interface OpenCall {
  reservationId: string
  units: bigint
  /** What it has taken from each account. */
  taken: ReadonlyMap<string, bigint>
  log: LoggedCall
}

interface LoggedCall {
  at: string
  units: bigint
  planUnits: bigint
}

/** A customer, and all that it should have by what it was told. */
export class BillingModel {
  readonly customerId = newCustomer()
  private readonly open: OpenCall[] = []
  private readonly log: LoggedCall[] = []
  private settledUnits = 0n
  private paidIn = 0n
  private grants = 0
  private anchorAt = ''

  constructor(private readonly studio: Studio) {}

  async take(step: Step): Promise<void> {
    const before = await this.balances()
    if (step.do === 'reserve') await this.reserve(step.count, before)
    else if (step.do === 'reserveTogether') await this.reserveTogether(step.counts, before)
    else if (step.do === 'endTogether') await this.endTogether(step.most, before)
    else if (step.do === 'grant') await this.grant(step)
    else if (step.do === 'pay') await this.pay(step.account, step.amount)
    else if (step.do === 'setPlan') await this.setPlan(step)
    else if (step.do === 'wait') this.studio.clock.advanceMs(step.hours * HOUR_MS)
    else await this.end(step, before)
    await this.check()
  }

  private async reserve(count: number, before: Balances): Promise<void> {
    const { agent, clock } = this.studio
    const customer = { customerId: this.customerId }
    const shown = await agent.billingManagerGetUsage(customer)
    const quote = await agent.billingManagerQuote({ ...customer, method: 'make', args: { count } })
    const expected = await this.expectedDecision(BigInt(count), shown, before)
    const decision = await agent.billingManagerReserve({ ...customer, method: 'make', args: { count } })
    expect({ shown, count, decision: decision.decision }).toEqual({ shown, count, decision: expected })
    expect(quote.affordable).toBe(expected === 'reserved')
    this.anchorAt ||= shown.period.start
    if (decision.reservationId === undefined) return
    const after = await this.balances()
    const taken = takenFrom(before, after)
    const fromPlan = quote.coveredBy.includes('allowance')
      ? BigInt(count) - sumOf(taken, 'grant:') - (-(after.get(OVERAGE) ?? 0n) + (before.get(OVERAGE) ?? 0n))
      : 0n
    const call = { at: clock.now().toISOString(), units: BigInt(count), planUnits: fromPlan }
    this.log.push(call)
    this.open.push({ reservationId: decision.reservationId, units: BigInt(count), taken, log: call })
    this.checkWindows(shown, call)
  }

  /** Who comes first is decided by what was shown; who is denied stays so when all others have been decided. */
  private async reserveTogether(counts: readonly number[], before: Balances): Promise<void> {
    const { agent, clock } = this.studio
    const customer = { customerId: this.customerId }
    const shown = await agent.billingManagerGetUsage(customer)
    const expected = await this.expectedDecision(BigInt(counts[0] ?? 0), shown, before)
    const decisions = await Promise.all(
      counts.map((count) => agent.billingManagerReserve({ ...customer, method: 'make', args: { count } })),
    )
    expect({ shown, counts, first: decisions[0]?.decision }).toEqual({ shown, counts, first: expected })
    this.anchorAt ||= shown.period.start
    const [after, shownAfter] = [await this.balances(), await agent.billingManagerGetUsage(customer)]
    for (const [index, { decision, reservationId }] of decisions.entries()) {
      const units = BigInt(counts[index] ?? 0)
      if (reservationId === undefined) {
        expect(decision).toBe('denied')
        expect(await this.expectedDecision(units, shownAfter, after)).toBe('denied')
        continue
      }
      const { taken, planUnits } = await this.legsOf(reservationId)
      const call = { at: clock.now().toISOString(), units, planUnits }
      this.log.push(call)
      this.open.push({ reservationId, units, taken, log: call })
      this.checkWindows(shown, call)
    }
  }

  private async legsOf(transferId: string): Promise<{ taken: Map<string, bigint>; planUnits: bigint }> {
    const { database, ledger } = this.studio
    const reference = { tenantId: this.customerId, transferId }
    const transfer = await database.read((manager) => ledger.getTransfer(manager, reference), { acrossTenants: true })
    const taken = new Map<string, bigint>()
    let planUnits = 0n
    for (const { from, asset, amount } of transfer?.legs ?? []) {
      if (PAYERS.test(from)) taken.set(`${from} ${asset}`, amount)
      else if (asset === `unit:${METER}` && `${from} ${asset}` !== OVERAGE) planUnits += amount
    }
    return { taken, planUnits }
  }

  private async endTogether(most: number, before: Balances): Promise<void> {
    const { agent } = this.studio
    const calls = this.open.splice(0, most)
    await Promise.all(
      calls.map(({ reservationId }, index) => {
        const reference = { customerId: this.customerId, reservationId }
        return index % 2 === 0 ? agent.billingManagerSettle(reference) : agent.billingManagerVoid(reference)
      }),
    )
    const expected = new Map<string, bigint>()
    for (const [index, { units, taken, log }] of calls.entries()) {
      if (index % 2 === 0) {
        this.settledUnits += units
        continue
      }
      for (const [account, amount] of taken) expected.set(account, (expected.get(account) ?? 0n) + amount)
      Object.assign(log, { units: 0n, planUnits: 0n })
    }
    expect(takenFrom(await this.balances(), before)).toEqual(expected)
  }

  /** What is to be decided, by what the customer is shown. */
  private async expectedDecision(units: bigint, shown: BillingUsage, balances: Balances): Promise<string> {
    const [meter] = shown.meters
    const limits = limitsOf(shown)
    if (limits.some(({ hard, remaining }) => hard && BigInt(remaining) < units)) return 'denied'
    const soft = limits.filter(({ hard }) => !hard).map(({ remaining }) => BigInt(remaining))
    const { items } = await this.studio.agent.billingManagerListGrants({ customerId: this.customerId })
    const free = soft.reduce((least, left) => (left < least ? left : least), units)
    const granted = items.reduce((sum, { remaining }) => sum + BigInt(remaining), 0n)
    const paid = units - free - granted
    if (paid <= 0n) return 'reserved'
    const price = MODEL_PLANS.find(({ plan }) => plan === shown.plan)?.prices?.[METER]
    expect(meter).toBeDefined()
    if (price === undefined) return 'denied'
    const byCredit = (balances.get('credit:mainnet mainnet:ncheq') ?? 0n) / BigInt(price)
    const byDeposit = (balances.get('deposit:mainnet mainnet:ncheq') ?? 0n) / BigInt(price)
    return byCredit + byDeposit >= paid ? 'reserved' : 'denied'
  }

  private checkWindows(shown: BillingUsage, call: LoggedCall): void {
    const plan = MODEL_PLANS.find((each) => each.plan === shown.plan)
    const rule = { anchorAt: this.anchorAtOf(shown), trialDays: plan?.trialDays ?? null }
    for (const { per, hard, limit } of limitsOf(shown)) {
      const { start, resetsAt } = limitPeriodAt(per, { ...rule, now: new Date(call.at) })
      const within = this.log.filter(({ at }) => at >= start && (resetsAt === null || at < resetsAt))
      const sum = within.reduce((all, each) => all + (hard ? each.units : each.planUnits), 0n)
      if (hard || call.planUnits > 0n) expect({ per, within: sum <= BigInt(limit) }).toEqual({ per, within: true })
    }
  }

  /** All periods are counted from the customer's first moment. */
  private anchorAtOf(shown: BillingUsage): string {
    return this.anchorAt === '' ? shown.period.start : this.anchorAt
  }

  private async end(step: EndStep, before: Balances): Promise<void> {
    const call = this.open[step.which % Math.max(1, this.open.length)]
    if (call === undefined) return
    const { agent } = this.studio
    const reference = { customerId: this.customerId, reservationId: call.reservationId }
    const units = unitsSettled(step, call.units)
    if (step.do === 'void') await agent.billingManagerVoid(reference)
    else if (step.do === 'settle') await agent.billingManagerSettle(reference)
    else await agent.billingManagerSettle({ ...reference, units: Number(units) })
    this.open.splice(this.open.indexOf(call), 1)
    const returned = takenFrom(await this.balances(), before)
    this.settledUnits += units
    if (units === 0n) expect(returned).toEqual(call.taken)
    if (units === call.units) expect([...returned]).toEqual([])
    for (const [account, amount] of returned) expect(amount <= (call.taken.get(account) ?? 0n)).toBe(true)
    call.log.planUnits = call.log.planUnits < units ? call.log.planUnits : units
    call.log.units = units
  }

  private async grant({ units, priority, hours }: Extract<Step, { do: 'grant' }>): Promise<void> {
    this.grants += 1
    const { customerId } = this
    const expiresAt = new Date(this.studio.clock.now().getTime() + (hours ?? 0) * HOUR_MS).toISOString()
    await this.studio.agent.billingManagerGrantCredit({
      ...{ customerId, meter: METER, units, priority, reason: 'model', idempotencyKey: `${this.grants}` },
      ...(hours !== null && { expiresAt }),
    })
  }

  private async pay(account: 'credit' | 'deposit', amount: number): Promise<void> {
    await this.studio.pay(this.customerId, `${account}:mainnet`, BigInt(amount))
    this.paidIn += BigInt(amount)
  }

  private async setPlan({ plan, effective }: Extract<Step, { do: 'setPlan' }>): Promise<void> {
    const { customerId } = this
    await this.studio.agent.billingManagerSetPlan({ customerId, plan, ...(effective && { effective }) })
  }

  private async balances(): Promise<Balances> {
    const { database, ledger } = this.studio
    const accounts = await database.read((manager) => ledger.balances(manager, this.customerId), {
      acrossTenants: true,
    })
    return new Map(accounts.map(({ code, asset, balance }) => [`${code} ${asset}`, balance]))
  }

  /** Nothing is lost, made or owed; what is held is what runs; what is used is what was settled. */
  private async check(): Promise<void> {
    const balances = await this.balances()
    const negative = [...balances].filter(([account, balance]) => balance < 0n && !account.startsWith('outside:'))
    expect(negative).toEqual([])
    for (const asset of new Set([...balances.keys()].map((account) => account.split(' ')[1] ?? ''))) {
      expect({ asset, sum: sumOf(balances, '', ` ${asset}`) }).toEqual({ asset, sum: 0n })
    }
    const running = this.open.reduce((sum, { units }) => sum + units, 0n)
    expect(balances.get(`held unit:${METER}`) ?? 0n).toBe(running)
    expect(sumOf(balances, `used:${METER}:`)).toBe(this.settledUnits)
    expect(-sumOf(balances, 'outside:operator')).toBe(this.paidIn)
    const { customerId } = this
    expect(await this.studio.agent.billingManagerVerifyBooks({ customerId })).toMatchObject({ valid: true })
  }
}

type EndStep = Extract<Step, { which: number }>

function unitsSettled(step: EndStep, reserved: bigint): bigint {
  if (step.do === 'void') return 0n
  return step.do === 'settlePart' && BigInt(step.units) < reserved ? BigInt(step.units) : reserved
}

const PAYERS = /^(grant|credit|deposit):/
const OVERAGE = `outside:overage unit:${METER}`

function limitsOf({ meters: [meter] }: BillingUsage): LimitUsage[] {
  if (meter === undefined) return []
  const { limits, used, held, limit, remaining, resetsAt } = meter
  const per = resetsAt === null ? 'trial' : 'month'
  return limits ?? [{ per, hard: false, used, held, limit, remaining, resetsAt }]
}

/** What went out of the accounts that pay: grants and money. Allowances are also moved by a new period or plan. */
function takenFrom(before: Balances, after: Balances): Map<string, bigint> {
  const payers = [...before].filter(([account]) => PAYERS.test(account))
  const taken = payers.map(([account, balance]) => [account, balance - (after.get(account) ?? 0n)] as const)
  return new Map(taken.filter(([, amount]) => amount !== 0n))
}

function sumOf(amounts: ReadonlyMap<string, bigint>, prefix: string, suffix = ''): bigint {
  return [...amounts]
    .filter(([account]) => account.startsWith(prefix) && account.endsWith(suffix))
    .reduce((sum, [, amount]) => sum + amount, 0n)
}
