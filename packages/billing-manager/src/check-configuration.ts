import { Ajv } from 'ajv'
import { checkPlanTerms } from './check-plan-terms.js'
import { configurationSchema } from './configuration-schema.js'
import { invalid, oneLine, pointerTo, schemaError } from './invalid-configuration.js'
import { casesOf, type MethodRule, type MethodRules } from './method-rule.js'
import { toPlan, type Plan, type PlanConfiguration } from './plan.js'

/** What `agent.yml` says of plans and methods. */
export interface BillingConfiguration {
  /** What each agent method costs, by its name. Of several lists, a later one's rule takes the place of an earlier one's. */
  methods: MethodRules | readonly MethodRules[]
  plans: readonly PlanConfiguration[]
  /** The plan of customers that have no account. Default: the first. */
  defaultPlan?: string
  /** Methods that are offered to customers: each must have a rule. Default: all that have one. */
  exposedMethods?: readonly string[]
}

/** A configuration that was found fit. */
export interface CheckedConfiguration {
  methods: ReadonlyMap<string, MethodRule>
  plans: readonly Plan[]
  defaultPlanId: string
}

const matchesSchema = new Ajv({ strict: false, logger: false }).compile<BillingConfiguration>(configurationSchema)

/**
 * Throws `plans_invalid`: one line with the JSON pointer (RFC 6901) of the first bad member, which `extensions.pointer`
 * has as well.
 */
export function checkConfiguration(configuration: unknown): CheckedConfiguration {
  if (!matchesSchema(configuration)) throw schemaError(matchesSchema.errors?.[0])
  // Later changes to the objects that were given change nothing here.
  const { methods, plans, defaultPlan, exposedMethods } = structuredClone(configuration)
  const lists = isListed(methods) ? methods : [methods]
  const rules = new Map(lists.flatMap((list) => Object.entries(list)))
  for (const [index, list] of lists.entries()) {
    for (const [method, rule] of Object.entries(list)) {
      checkCases(rule, isListed(methods) ? ['methods', index, method] : ['methods', method])
    }
  }
  checkPlans(plans, defaultPlan)
  const unruled = exposedMethods?.find((method) => !rules.has(method))
  if (unruled !== undefined) {
    throw invalid(pointerTo('methods', unruled), `method_undeclared: ${oneLine(unruled)} is exposed and has no rule`)
  }
  checkMeters(rules, { plans, offered: exposedMethods ?? [...rules.keys()] })
  return { methods: rules, plans: plans.map(toPlan), defaultPlanId: defaultPlan ?? plans[0]?.plan ?? '' }
}

function isListed(methods: BillingConfiguration['methods']): methods is readonly MethodRules[] {
  return Array.isArray(methods)
}

/** Of cases with conditions the last has none, so that each call has one. */
function checkCases(rule: MethodRule, path: (string | number)[]): void {
  if (!('when' in rule)) return
  const last = rule.when.length - 1
  for (const [index, { args }] of rule.when.entries()) {
    const pointer = pointerTo(...path, 'when', index)
    if (args === undefined && index < last) throw invalid(pointer, 'has no conditions: no case after it can be')
    if (args !== undefined && index === last) {
      throw invalid(`${pointer}/args`, 'the last case is the default, which has no conditions')
    }
  }
}

function checkPlans(plans: readonly PlanConfiguration[], defaultPlan: string | undefined): void {
  const known = new Set<string>()
  for (const [index, configuration] of plans.entries()) {
    const { plan } = configuration
    if (known.has(plan)) throw invalid(pointerTo('plans', index, 'plan'), `${plan} is the name of two plans`)
    known.add(plan)
    checkPlanTerms(configuration, index)
  }
  for (const [index, { trialDays, then }] of plans.entries()) {
    if (then === undefined) continue
    const pointer = pointerTo('plans', index, 'then')
    const next = plans.find(({ plan }) => plan === then)
    if (trialDays === undefined) throw invalid(pointer, 'only what has trialDays has something after it')
    if (next === undefined) throw invalid(pointer, `there is no plan ${then}`)
    if (next.trialDays !== undefined) throw invalid(pointer, `${then} is a trial itself`)
  }
  if (defaultPlan !== undefined && !known.has(defaultPlan)) {
    throw invalid(pointerTo('defaultPlan'), `there is no plan ${oneLine(defaultPlan)}`)
  }
}

function checkMeters(
  rules: ReadonlyMap<string, MethodRule>,
  { plans, offered }: { plans: readonly PlanConfiguration[]; offered: readonly string[] },
): void {
  for (const method of offered) {
    const rule = rules.get(method)
    for (const each of rule === undefined ? [] : casesOf(rule)) {
      if (each.free) continue
      const lacking = plans.findIndex(({ limits }) => !Object.hasOwn(limits, each.meter))
      if (lacking < 0) continue
      throw invalid(
        pointerTo('plans', lacking, 'limits', each.meter),
        `is missing, and ${oneLine(method)} is metered by it`,
      )
    }
  }
}
