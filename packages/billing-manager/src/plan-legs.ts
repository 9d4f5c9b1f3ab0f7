import type { LedgerLeg } from '@veramo-studio/ledger'
import {
  allowanceAccount,
  creditAccount,
  depositAccount,
  grantAccount,
  moneyAsset,
  OUTSIDE_OVERAGE,
  OUTSIDE_PLAN,
  REVENUE,
  unitAsset,
  usedAccount,
  type MeterPeriod,
} from './account-codes.js'
import type { BillingNetwork, BillingSource } from './types/IBillingManager.js'

/** What is to be paid for. */
export interface Charge extends MeterPeriod {
  units: bigint
  /** In ncheq, for each unit that neither plan nor grant covers; null where none is sold. */
  price: bigint | null
  network: BillingNetwork
  /** Whether the plan gives units now: false once a trial is over. */
  isGiven: boolean
  /** All of them must allow it. */
  limits: readonly ChargedLimit[]
}

/** A limit that a charge counts against. The one that has the charge's own name is the plan's main one. */
export interface ChargedLimit extends MeterPeriod {
  /** Holds for all units, whoever pays. Any other one holds for those that the plan pays. */
  isHard: boolean
}

/** What a customer has to pay with. */
export interface Funds {
  /** Units that each of the charge's limits still lets through. */
  left: readonly bigint[]
  /** Those that have not expired. */
  grants: readonly GrantFunds[]
  /** In ncheq. */
  credit: bigint
  deposit: bigint
}

export interface GrantFunds {
  grantId: string
  units: bigint
  /** Lower is drawn first. */
  priority: number
  /** ISO 8601; null: never. */
  expiresAt: string | null
  createdAt: string
}

export type LegPlan =
  | {
      decision: 'covered'
      legs: LedgerLeg[]
      coveredBy: BillingSource[]
      costNcheq: bigint
      /** Units that the plan pays. */
      planUnits: bigint
    }
  /** Neither plan nor grants cover it, and the plan sells none; or a hard limit is in the way. */
  | { decision: 'limit_exhausted'; short: readonly ChargedLimit[] }
  /** Paying for it takes `costNcheq`. `availableNcheq` is less; a deposit of the difference would do. */
  | {
      decision: 'balance_insufficient'
      costNcheq: bigint
      availableNcheq: bigint
      /** The limits that have too few units left. */
      short: readonly ChargedLimit[]
    }

/** More than enough for any call, and few enough for one transfer. */
const MAX_GRANTS = 50

/**
 * Who pays for a charge, all of it or nothing: the plan's allowance, then grants, then credit, then deposit. Each unit has
 * one payer, since on a chain one address pays for it: credit that is too little for a unit is left for a later one.
 */
export function planLegs(charge: Charge, funds: Funds): LegPlan {
  const { price, units } = charge
  const hard = shortOf(charge, funds, true)
  if (hard.length > 0) return { decision: 'limit_exhausted', short: hard }
  const free = drawUnits(charge, funds)
  const paidUnits = units - sumOf(free)
  if (paidUnits === 0n) return covered(charge, free, 0n)
  const short = shortOf(charge, funds, false)
  if (price === null) return { decision: 'limit_exhausted', short }
  const costNcheq = paidUnits * price
  const creditUnits = least(paidUnits, funds.credit / price)
  const depositUnits = paidUnits - creditUnits
  if (depositUnits * price > funds.deposit) {
    return { decision: 'balance_insufficient', costNcheq, availableNcheq: creditUnits * price + funds.deposit, short }
  }
  const paid = paidDraws(charge, price, { credit: creditUnits, deposit: depositUnits })
  return covered(charge, [...free, ...paid], costNcheq)
}

function shortOf({ limits, units }: Charge, { left }: Funds, isHard: boolean): ChargedLimit[] {
  return limits.filter((limit, index) => limit.isHard === isHard && (left[index] ?? 0n) < units)
}

/** What all limits together still give. */
export function unitsOfPlan({ isGiven, limits, units }: Charge, { left }: Pick<Funds, 'left'>): bigint {
  if (!isGiven) return 0n
  return limits.reduce((given, { isHard }, index) => (isHard ? given : least(given, left[index] ?? 0n)), units)
}

/** What one payer gives: its legs in the ledger, and the units that they cover. */
interface Draw {
  source: BillingSource
  units: bigint
  legs: LedgerLeg[]
}

function drawUnits(charge: Charge, funds: Funds): Draw[] {
  const sources: { source: BillingSource; from: string; units: bigint }[] = [
    { source: 'allowance', from: mainAccount(charge), units: unitsOfPlan(charge, funds) },
    ...funds.grants
      .filter(({ units }) => units > 0n)
      .toSorted(compareGrants)
      .slice(0, MAX_GRANTS)
      .map(({ grantId, units }) => ({ source: 'grant' as const, from: grantAccount(grantId), units })),
  ]
  let open = charge.units
  const draws: Draw[] = []
  for (const { source, from, units } of sources) {
    const drawn = least(open, units)
    if (drawn <= 0n) continue
    draws.push({ source, units: drawn, legs: [unitLeg(charge, from, drawn)] })
    open -= drawn
  }
  return draws
}

/** Where a plan that has no limit for its own period counts all the same. */
function mainAccount(charge: Charge): string {
  return charge.limits.some((limit) => isMainOf(charge, limit)) ? allowanceAccount(charge) : OUTSIDE_PLAN
}

function isMainOf(charge: Charge, { meter, periodStart }: ChargedLimit): boolean {
  return meter === charge.meter && periodStart === charge.periodStart
}

/** Each limit besides the main one counts all units in accounts of its own. */
function limitLegs(charge: Charge, planUnits: bigint): LedgerLeg[] {
  return charge.limits
    .filter((limit) => !isMainOf(charge, limit))
    .flatMap((limit) => {
      const counted = limit.isHard ? charge.units : planUnits
      const way = { to: usedAccount(limit), asset: unitAsset(limit.meter) }
      return [
        { ...way, from: allowanceAccount(limit), amount: counted },
        { ...way, from: OUTSIDE_OVERAGE, amount: charge.units - counted },
      ].filter(({ amount }) => amount > 0n)
    })
}

function paidDraws(charge: Charge, price: bigint, units: { credit: bigint; deposit: bigint }): Draw[] {
  const { network } = charge
  const draw = (source: 'credit' | 'deposit', from: string): Draw => {
    const amount = units[source] * price
    const money: LedgerLeg = { from, to: REVENUE, asset: moneyAsset(network), amount }
    return { source, units: units[source], legs: [unitLeg(charge, OUTSIDE_OVERAGE, units[source]), money] }
  }
  const draws = [draw('credit', creditAccount(network)), draw('deposit', depositAccount(network))]
  return draws.filter((each) => each.units > 0n)
}

function unitLeg(charge: Charge, from: string, amount: bigint): LedgerLeg {
  return { from, to: usedAccount(charge), asset: unitAsset(charge.meter), amount }
}

function covered(charge: Charge, draws: readonly Draw[], costNcheq: bigint): LegPlan {
  const coveredBy = [...new Set(draws.map(({ source }) => source))]
  const planUnits = sumOf(draws.filter(({ source }) => source === 'allowance'))
  const legs = [...draws.flatMap((draw) => draw.legs), ...limitLegs(charge, planUnits)]
  return { decision: 'covered', legs, coveredBy, costNcheq, planUnits }
}

/** Priority, then what expires soonest, then age. */
function compareGrants(one: GrantFunds, other: GrantFunds): number {
  return (
    one.priority - other.priority ||
    compareTexts(one.expiresAt ?? NEVER, other.expiresAt ?? NEVER) ||
    compareTexts(one.createdAt, other.createdAt) ||
    compareTexts(one.grantId, other.grantId)
  )
}

/** After all instants, as text. */
const NEVER = '\uffff'

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function sumOf(draws: readonly Draw[]): bigint {
  return draws.reduce((sum, { units }) => sum + units, 0n)
}

function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other
}
