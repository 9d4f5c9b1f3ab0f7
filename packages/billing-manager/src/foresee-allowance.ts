import type { Ledger } from '@veramo-studio/ledger'
import type { EntityManager } from 'typeorm'
import { allowanceAccount, unitAsset } from './account-codes.js'
import type { LimitWindow } from './limit-window.js'
import { periodIndex, periodStart, type PeriodRule } from './period.js'
import { readPeriodBefore } from './typeorm/allowance-store.js'
import { readUnitsBetween } from './typeorm/reservation-store.js'

/** A limit's period that is about to be used for the first time. */
export interface AllowanceQuestion {
  tenantId: string
  /** The meter itself. */
  meter: string
  window: LimitWindow
  rule: PeriodRule
  /** Since when the customer has had these terms: that of its plan and that of the plan's version, the later one. */
  since: string
}

/** How a period begins, besides what the plan gives. */
export interface ForeseenAllowance {
  /** Units that calls have used in the period before these terms held, as far as this limit is used by them. */
  usedBefore: bigint
  /** Units that are to be shown as used, besides those that are counted in the period already. */
  countedBefore: bigint
  /** The period that units go over from; null where there is none. */
  before: string | null
  /** What goes over of its units. */
  fromBefore: bigint
  /** All that goes over, with what unused periods in between have left. */
  rolledOver: bigint
}

/** Reads only. A period that began under other terms is not given once more: what was used in it counts. */
export async function foreseeAllowance(
  ledger: Ledger,
  manager: EntityManager,
  question: AllowanceQuestion,
): Promise<ForeseenAllowance> {
  return { ...(await foreseeUsed(manager, question)), ...(await foreseeRollover(ledger, manager, question)) }
}

async function foreseeUsed(
  manager: EntityManager,
  { tenantId, meter, window, since }: AllowanceQuestion,
): Promise<Pick<ForeseenAllowance, 'usedBefore' | 'countedBefore'>> {
  if (since < window.periodStart) return { usedBefore: 0n, countedBefore: 0n }
  const time = { since: window.periodStart, until: window.resetsAt }
  const units = await readUnitsBetween(manager, { tenantId, meter, ...time })
  return {
    usedBefore: window.limit.isHard ? units.all : units.planned,
    countedBefore: window.meter === meter ? units.all - units.counted : units.all,
  }
}

async function foreseeRollover(
  ledger: Ledger,
  manager: EntityManager,
  { tenantId, window, rule, since }: AllowanceQuestion,
): Promise<Pick<ForeseenAllowance, 'before' | 'fromBefore' | 'rolledOver'>> {
  const { meter, limit } = window
  const { per } = limit
  const nothing = { before: null, fromBefore: 0n, rolledOver: 0n }
  if (limit.rollover === 0 || per === 'total' || per === 'trial') return nothing
  const before = await readPeriodBefore(manager, { tenantId, meter, periodStart: window.periodStart })
  if (before === undefined) return nothing
  const first = periodIndex(per, rule, new Date(before)) + 1
  // Units go over under the terms that held when their period ended.
  if (periodStart(per, rule, first) <= since) return nothing
  const skipped = periodIndex(per, rule, new Date(window.periodStart)) - first
  const cap = BigInt(limit.rollover)
  const left = await ledger.balance(manager, {
    tenantId,
    code: allowanceAccount({ meter, periodStart: before }),
    asset: unitAsset(meter),
  })
  const fromBefore = least(left, cap)
  return { before, fromBefore, rolledOver: least(fromBefore + BigInt(skipped) * BigInt(limit.limit), cap) }
}

function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other
}
