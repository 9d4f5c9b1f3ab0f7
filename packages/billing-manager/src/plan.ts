import { createHash } from 'node:crypto'

/** A plan as `agent.yml` gives it. */
export interface PlanConfiguration {
  /** Its name, such as `trial`. */
  plan: string
  /** How long it lasts, in days of 24 hours. Without it the plan goes on by the month. */
  trialDays?: number
  /** Units per period, by meter. */
  limits: Readonly<Record<string, number>>
  /** In ncheq, for each unit beyond the limit, by meter. A meter without a price ends at its limit. */
  prices?: Readonly<Record<string, string | number>>
}

/** A plan that was found fit. */
export interface Plan {
  planId: string
  /** Null where it goes on by the month. */
  trialDays: number | null
  /** In the order in which the limits were given. */
  meters: readonly MeterTerms[]
}

/** What a plan says of a meter. */
export interface MeterTerms {
  meter: string
  /** Units per period. */
  limit: number
  /** In ncheq, for each unit beyond the limit; null where none is sold. */
  price: bigint | null
}

/** A plan as it stands in the database, for good. */
export interface PlanVersion {
  plan: Plan
  /** 1, 2, 3 … */
  version: number
}

/** What a plan says of a meter. One that it does not know has no units, and none are sold. */
export function termsOf({ meters }: Plan, meter: string): MeterTerms {
  return meters.find((terms) => terms.meter === meter) ?? { meter, limit: 0, price: null }
}

export function toPlan({ plan, trialDays, limits, prices = {} }: PlanConfiguration): Plan {
  const priceOf = new Map(Object.entries(prices))
  const meters = Object.entries(limits).map(([meter, limit]) => {
    const price = priceOf.get(meter)
    return { meter, limit, price: price === undefined ? null : BigInt(price) }
  })
  return { planId: plan, trialDays: trialDays ?? null, meters }
}

/** The text that a version is kept as. */
export function writePlan({ trialDays, meters }: Plan): string {
  return JSON.stringify({
    trialDays,
    meters: meters.map(({ meter, limit, price }) => ({ meter, limit, price: price === null ? null : String(price) })),
  })
}

export function readPlan(planId: string, body: string): Plan {
  const { trialDays, meters } = JSON.parse(body) as {
    trialDays: number | null
    meters: { meter: string; limit: number; price: string | null }[]
  }
  return {
    planId,
    trialDays,
    meters: meters.map(({ meter, limit, price }) => ({ meter, limit, price: price === null ? null : BigInt(price) })),
  }
}

/** SHA-256 of a plan's text, hex. */
export function digestPlan(plan: Plan): string {
  return createHash('sha256').update(writePlan(plan)).digest('hex')
}
