import { createHash } from 'node:crypto'
import type { LimitPeriod, PeriodAlignment } from './period.js'

/** A plan as `agent.yml` gives it. */
export interface PlanConfiguration {
  /** Its name, such as `trial`. */
  plan: string
  /** How long it lasts, in days of 24 hours. Without it the plan goes on by the month. */
  trialDays?: number
  /** The plan that follows when the trial is over. Without it the trial stays, and gives nothing. */
  then?: string
  /** What months, days, weeks and years are counted from. Default `account`. */
  periods?: PeriodAlignment
  /** Units by meter: a number for each month (of a trial: for all of it), or several limits by their periods. */
  limits: Readonly<Record<string, number | LimitsByPeriod>>
  /** In ncheq, for each unit beyond the limit, by meter. A meter without a price ends at its limit. */
  prices?: Readonly<Record<string, string | number>>
}

/** All of them must allow a call. `trial` belongs to plans with `trialDays`, `month` to those without. */
export type LimitsByPeriod = Readonly<Partial<Record<LimitPeriod, number | LimitConfiguration>>>

/** One of `limit` and `max` at least. */
export interface LimitConfiguration {
  /** Units that the plan gives; beyond them grants and money pay. */
  limit?: number
  /** Units that nobody gets past, whoever pays. */
  max?: number
  /** Up to so many units that are left of `limit` go over into the next period. */
  rollover?: number
}

/** A plan that was found fit. */
export interface Plan {
  planId: string
  /** Null where it goes on by the month. */
  trialDays: number | null
  /** The plan that follows a trial; null where none does. */
  then: string | null
  alignment: PeriodAlignment
  /** In the order in which the limits were given. */
  meters: readonly MeterTerms[]
}

/** What a plan says of a meter. */
export interface MeterTerms {
  meter: string
  /** All of them must allow a call; at least one. */
  limits: readonly MeterLimit[]
  /** In ncheq, for each unit beyond the limits; null where none is sold. */
  price: bigint | null
}

export interface MeterLimit {
  per: LimitPeriod
  /** Units per period. */
  limit: number
  /** A hard limit holds for all units; beyond another one grants and money pay. */
  isHard: boolean
  /** How many unused units may go over into the next period. */
  rollover: number
}

/** A plan as it stands in the database, for good. */
export interface PlanVersion {
  plan: Plan
  /** 1, 2, 3 … */
  version: number
  /** When it came into force. */
  createdAt: string
}

/** What a plan says of a meter. One that it does not know has no units, and none are sold. */
export function termsOf({ meters, trialDays }: Plan, meter: string): MeterTerms {
  return meters.find((terms) => terms.meter === meter) ?? { meter, limits: [plainLimit(0, trialDays)], price: null }
}

/** Whether a meter has but the one limit that a number stands for. */
export function isPlain({ limits: [first, second] }: Pick<MeterTerms, 'limits'>): boolean {
  return second === undefined && first !== undefined && isMain(first) && first.rollover === 0
}

/** The limit of the plan's own period: a month, or a trial. */
export function isMain({ per, isHard }: Pick<MeterLimit, 'per' | 'isHard'>): boolean {
  return !isHard && (per === 'month' || per === 'trial')
}

export function toPlan({ plan, trialDays, then, periods, limits, prices = {} }: PlanConfiguration): Plan {
  const priceOf = new Map(Object.entries(prices))
  const meters = Object.entries(limits).map(([meter, limit]) => {
    const price = priceOf.get(meter)
    return { meter, limits: toLimits(limit, trialDays ?? null), price: price === undefined ? null : BigInt(price) }
  })
  return { planId: plan, trialDays: trialDays ?? null, then: then ?? null, alignment: periods ?? 'account', meters }
}

function toLimits(configured: number | LimitsByPeriod, trialDays: number | null): MeterLimit[] {
  if (typeof configured === 'number') return [plainLimit(configured, trialDays)]
  return Object.entries(configured).flatMap(([name, value]) => {
    const per = name as LimitPeriod
    const { limit, max, rollover = 0 } = typeof value === 'number' ? { limit: value } : value
    return [
      ...(limit === undefined ? [] : [{ per, limit, isHard: false, rollover }]),
      ...(max === undefined ? [] : [{ per, limit: max, isHard: true, rollover: 0 }]),
    ]
  })
}

function plainLimit(limit: number, trialDays: number | null): MeterLimit {
  return { per: trialDays === null ? 'month' : 'trial', limit, isHard: false, rollover: 0 }
}

/** A meter in the text of a version. */
interface WrittenMeter {
  meter: string
  /** Of a plain meter. */
  limit?: number | undefined
  limits?: readonly MeterLimit[] | undefined
  price: string | null
}

interface WrittenPlan {
  trialDays: number | null
  then?: string | undefined
  alignment?: PeriodAlignment | undefined
  meters: WrittenMeter[]
}

/** The text that a version is kept as. What is not said is left out, so that plans of old keep their text. */
export function writePlan({ trialDays, then, alignment, meters }: Plan): string {
  const written: WrittenPlan = {
    trialDays,
    then: then ?? undefined,
    alignment: alignment === 'account' ? undefined : alignment,
    meters: meters.map((terms) => {
      const { meter, limits, price } = terms
      const plain = isPlain(terms) ? limits[0]?.limit : undefined
      return {
        meter,
        limit: plain,
        limits: plain === undefined ? limits : undefined,
        price: price === null ? null : String(price),
      }
    }),
  }
  return JSON.stringify(written)
}

export function readPlan(planId: string, body: string): Plan {
  const { trialDays, then = null, alignment = 'account', meters } = JSON.parse(body) as WrittenPlan
  return {
    ...{ planId, trialDays, then, alignment },
    meters: meters.map(({ meter, limit = 0, limits, price }) => ({
      meter,
      limits: limits ?? [plainLimit(limit, trialDays)],
      price: price === null ? null : BigInt(price),
    })),
  }
}

/** SHA-256 of a plan's text, hex. */
export function digestPlan(plan: Plan): string {
  return createHash('sha256').update(writePlan(plan)).digest('hex')
}
