import type { LedgerLeg } from '@veramo-studio/ledger'
import {
  allowanceAccount,
  creditAccount,
  depositAccount,
  grantAccount,
  moneyAsset,
  OUTSIDE_OVERAGE,
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
}

/** What a customer has to pay with. */
export interface Funds {
  /** Units that the plan still gives. */
  allowance: bigint
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
  | { decision: 'covered'; legs: LedgerLeg[]; coveredBy: BillingSource[]; costNcheq: bigint }
  /** Neither plan nor grants cover it, and the plan sells none. */
  | { decision: 'limit_exhausted' }
  /** Paying for it takes `costNcheq`. `availableNcheq` is less; a deposit of the difference would do. */
  | { decision: 'balance_insufficient'; costNcheq: bigint; availableNcheq: bigint }

/**
 * Who pays for a charge, all of it or nothing: the plan's allowance, then grants, then credit, then deposit. Each unit has
 * one payer, since on a chain one address pays for it: credit that is too little for a unit is left for a later one.
 */
export function planLegs(charge: Charge, funds: Funds): LegPlan {
  const { price, units } = charge
  const free = drawUnits(charge, funds)
  const paidUnits = units - sumOf(free)
  if (paidUnits === 0n) return covered(free, 0n)
  if (price === null) return { decision: 'limit_exhausted' }
  const costNcheq = paidUnits * price
  const creditUnits = least(paidUnits, funds.credit / price)
  const depositUnits = paidUnits - creditUnits
  if (depositUnits * price > funds.deposit) {
    return { decision: 'balance_insufficient', costNcheq, availableNcheq: creditUnits * price + funds.deposit }
  }
  return covered([...free, ...paidDraws(charge, price, { credit: creditUnits, deposit: depositUnits })], costNcheq)
}

/** What one payer gives: its legs in the ledger, and the units that they cover. */
interface Draw {
  source: BillingSource
  units: bigint
  legs: LedgerLeg[]
}

function drawUnits(charge: Charge, { allowance, grants }: Funds): Draw[] {
  const sources: { source: BillingSource; from: string; units: bigint }[] = [
    { source: 'allowance', from: allowanceAccount(charge), units: allowance },
    ...grants
      .toSorted(compareGrants)
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

function covered(draws: readonly Draw[], costNcheq: bigint): LegPlan {
  const coveredBy = [...new Set(draws.map(({ source }) => source))]
  return { decision: 'covered', legs: draws.flatMap(({ legs }) => legs), coveredBy, costNcheq }
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
