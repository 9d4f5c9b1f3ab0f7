import type { StudioError } from '@veramo-studio/plugin-kit'
import { Ajv, type ErrorObject } from 'ajv'
import { configurationSchema } from './configuration-schema.js'
import { billingManagerErrors } from './errors.js'
import type { MethodRule } from './method-rule.js'
import { toPlan, type Plan, type PlanConfiguration } from './plan.js'

/** What `agent.yml` says of plans and methods. */
export interface BillingConfiguration {
  /** What each agent method costs, by its name. */
  methods: Readonly<Record<string, MethodRule>>
  plans: readonly PlanConfiguration[]
  /** The plan of customers that have no account. Default: the first. */
  defaultPlan?: string
  /** Methods that are offered to customers: each must have a rule. */
  exposedMethods?: readonly string[]
}

/** A configuration that was found fit. */
export interface CheckedConfiguration {
  methods: ReadonlyMap<string, MethodRule>
  plans: readonly Plan[]
  defaultPlanId: string
}

const MAX_PRICE = 2n ** 63n - 1n

const matchesSchema = new Ajv({ strict: false, logger: false }).compile<BillingConfiguration>(configurationSchema)

/**
 * Throws `plans_invalid`: one line with the JSON pointer (RFC 6901) of the first bad member, which `extensions.pointer`
 * has as well.
 */
export function checkConfiguration(configuration: unknown): CheckedConfiguration {
  if (!matchesSchema(configuration)) throw schemaError(matchesSchema.errors?.[0])
  // Later changes to the objects that were given change nothing here.
  const { methods, plans, defaultPlan, exposedMethods = [] } = structuredClone(configuration)
  const rules = new Map(Object.entries(methods))
  checkPlans(plans, defaultPlan)
  checkMeters(rules, plans)
  const unruled = exposedMethods.find((method) => !rules.has(method))
  if (unruled !== undefined) {
    throw invalid(pointerTo('methods', unruled), `method_undeclared: ${oneLine(unruled)} is exposed and has no rule`)
  }
  return { methods: rules, plans: plans.map(toPlan), defaultPlanId: defaultPlan ?? plans[0]?.plan ?? '' }
}

function checkPlans(plans: readonly PlanConfiguration[], defaultPlan: string | undefined): void {
  const known = new Set<string>()
  for (const [index, { plan, limits, prices = {} }] of plans.entries()) {
    if (known.has(plan)) throw invalid(pointerTo('plans', index, 'plan'), `${plan} is the name of two plans`)
    known.add(plan)
    for (const [meter, price] of Object.entries(prices)) {
      const pointer = pointerTo('plans', index, 'prices', meter)
      if (!Object.hasOwn(limits, meter)) throw invalid(pointer, 'there is no limit beyond which this price begins')
      if (BigInt(price) > MAX_PRICE) throw invalid(pointer, `must be at most ${MAX_PRICE}`)
    }
  }
  if (defaultPlan !== undefined && !known.has(defaultPlan)) {
    throw invalid(pointerTo('defaultPlan'), `there is no plan ${oneLine(defaultPlan)}`)
  }
}

function checkMeters(rules: ReadonlyMap<string, MethodRule>, plans: readonly PlanConfiguration[]): void {
  for (const [method, rule] of rules) {
    if (rule.free) continue
    const lacking = plans.findIndex(({ limits }) => !Object.hasOwn(limits, rule.meter))
    if (lacking < 0) continue
    throw invalid(
      pointerTo('plans', lacking, 'limits', rule.meter),
      `is missing, and ${oneLine(method)} is metered by it`,
    )
  }
}

function schemaError(error: ErrorObject | undefined): StudioError {
  if (error === undefined) return invalid('', 'is not valid')
  const { instancePath, propertyName, message = 'is not valid' } = error
  const params = error.params as Record<string, unknown>
  const member = (name: unknown) => `${instancePath}${pointerTo(String(name))}`
  if (propertyName !== undefined) return invalid(member(propertyName), `the name ${message}`)
  if (error.keyword === 'required') return invalid(member(params['missingProperty']), 'is missing')
  if (error.keyword === 'additionalProperties')
    return invalid(member(params['additionalProperty']), 'is not known here')
  if (error.keyword === 'enum') {
    return invalid(instancePath, `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`)
  }
  if (error.keyword === 'const') return invalid(instancePath, `must be ${String(params['allowedValue'])}`)
  return invalid(instancePath, message)
}

function invalid(pointer: string, reason: string): StudioError {
  const shown = pointer === '' ? 'the configuration' : oneLine(pointer)
  return billingManagerErrors.plans_invalid(`${shown}: ${oneLine(reason)}`, { extensions: { pointer } })
}

function pointerTo(...tokens: (string | number)[]): string {
  return tokens.map((token) => `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, ' ')
}
