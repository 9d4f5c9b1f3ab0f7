import type { BillingDependencies } from './dependencies.js'
import { billingManagerErrors } from './errors.js'
import { casesOf } from './method-rule.js'

/** Throws `meter_unknown` for a meter that no method uses and no plan limits. */
export function assertMeter({ methods, plans }: Pick<BillingDependencies, 'methods' | 'plans'>, meter: string): void {
  const isUsed = [...methods.values()].flatMap(casesOf).some((rule) => !rule.free && rule.meter === meter)
  const isLimited = plans.configured.some(({ meters }) => meters.some((terms) => terms.meter === meter))
  if (!isUsed && !isLimited) throw billingManagerErrors.meter_unknown(`there is no meter ${meter}`)
}
