import { HELD, type Ledger } from '@veramo-studio/ledger'
import type { EntityManager } from 'typeorm'
import { allowanceAccount, unitAsset, usedAccount } from './account-codes.js'
import { foreseeAllowance } from './foresee-allowance.js'
import type { LimitWindow } from './limit-window.js'
import type { PeriodRule } from './period.js'
import { readAllowances, type Allowance } from './typeorm/allowance-store.js'

/** A limit, and what has been given for its period. */
export interface LimitState extends LimitWindow, Allowance {
  /** Units that count as used though they are not in the period's accounts yet. */
  usedBefore: bigint
  countedBefore: bigint
}

/** How many units of a limit are where. */
export interface LimitCounts {
  /** Left of those given. */
  allowance: bigint
  used: bigint
  held: bigint
}

/** What stands for a meter: the terms that its limits are given by. */
export interface LimitTerms {
  tenantId: string
  rule: PeriodRule
  since: string
}

/** A limit together with the meter that it is of. */
export interface MeterWindow {
  meter: string
  window: LimitWindow
}

/** Writes nothing: what a period will begin with is foreseen. In the order of the windows. */
export async function readLimitStates(
  ledger: Ledger,
  manager: EntityManager,
  { terms, windows }: { terms: LimitTerms; windows: readonly MeterWindow[] },
): Promise<LimitState[]> {
  const references = windows.map(({ window }) => window)
  const known = await readAllowances(manager, terms.tenantId, references)
  const states: LimitState[] = []
  for (const [index, { meter, window }] of windows.entries()) {
    const allowance = known[index]
    const foreseen = allowance ? undefined : await foreseeAllowance(ledger, manager, { ...terms, meter, window })
    const { usedBefore = 0n, countedBefore = 0n, rolledOver = 0n } = foreseen ?? {}
    // Those that go over are not in the account yet: they are still to be given, as is the limit.
    states.push({ ...window, usedBefore, countedBefore, ...(allowance ?? { granted: 0n, rolledOver }) })
  }
  return states
}

/** One statement, so that the counts belong together. In the order of the windows. */
export async function readLimitCounts(
  ledger: Ledger,
  manager: EntityManager,
  { tenantId, windows }: { tenantId: string; windows: readonly LimitWindow[] },
): Promise<LimitCounts[]> {
  const accounts = windows.flatMap((window) =>
    [allowanceAccount(window), usedAccount(window), HELD].map((code) => ({ code, asset: unitAsset(window.meter) })),
  )
  const balances = await ledger.balancesOf(manager, tenantId, accounts)
  return windows.map((_window, index) => {
    const [allowance = 0n, used = 0n, held = 0n] = balances.slice(3 * index, 3 * index + 3)
    return { allowance, used, held }
  })
}

/** What a limit gives for its period. */
export function unitsGiven({ isOpen, limit, rolledOver }: LimitState): bigint {
  return isOpen ? BigInt(limit.limit) + rolledOver : 0n
}

/** What a limit still lets through, once the allowance is adjusted to it. */
export function unitsLeft(state: LimitState, { allowance }: Pick<LimitCounts, 'allowance'>): bigint {
  if (!state.isOpen) return 0n
  const left = allowance + unitsGiven(state) - state.granted - state.usedBefore
  return left > 0n ? left : 0n
}
