import { describe, expect, it } from '@jest/globals'
import { isStudioError } from '@veramo-studio/plugin-kit'
import { checkConfiguration } from '../check-configuration.js'

const METHODS = {
  didManagerCreate: { effect: 'stored', meter: 'did.create', makes: 'did' },
  resolveDid: { effect: 'pure', free: true },
}
const PLAN = { plan: 'trial', trialDays: 30, limits: { 'did.create': 20 }, prices: { 'did.create': '1000000000' } }

function failureOf(configuration: unknown): { line: string; pointer: unknown } {
  try {
    checkConfiguration(configuration)
  } catch (error) {
    if (!isStudioError(error)) throw error
    expect(error.code).toBe('plans_invalid')
    expect(error.status).toBe(500)
    return { line: error.message, pointer: error.extensions['pointer'] }
  }
  throw new Error('the configuration was taken')
}

function withPlan(change: object) {
  return { methods: METHODS, plans: [{ ...PLAN, ...change }] }
}

function withRule(rule: unknown) {
  return { methods: { ...METHODS, other: rule }, plans: [PLAN] }
}

describe('checkConfiguration', () => {
  it('takes prices as decimal texts and as integers, exactly', () => {
    const { plans, defaultPlanId } = checkConfiguration(withPlan({ prices: { 'did.create': 5 } }))
    expect(plans).toEqual([{ planId: 'trial', trialDays: 30, meters: [{ meter: 'did.create', limit: 20, price: 5n }] }])
    expect(defaultPlanId).toBe('trial')
    const large = checkConfiguration(withPlan({ prices: { 'did.create': '9223372036854775807' } }))
    expect(large.plans[0]?.meters[0]?.price).toBe(2n ** 63n - 1n)
  })

  it.each([
    [{}, '/methods', 'is missing'],
    [{ methods: {}, plans: [] }, '/plans', 'must NOT have fewer than 1 items'],
    [{ methods: [], plans: [PLAN] }, '/methods', 'must be object'],
    [withPlan({ limits: { 'did.create': -1 } }), '/plans/0/limits/did.create', 'must be >= 0'],
    [withPlan({ limits: { 'did.create': 1.5 } }), '/plans/0/limits/did.create', 'must be integer'],
    [withPlan({ limits: { 'did.create': '20' } }), '/plans/0/limits/did.create', 'must be integer'],
    [withPlan({ limits: { 'did.create': 2 ** 53 } }), '/plans/0/limits/did.create', 'must be <= 9007199254740991'],
    [withPlan({ limits: undefined }), '/plans/0/limits', 'is missing'],
    [withPlan({ limits: { 'did.create': 1, 'a:b': 1 } }), '/plans/0/limits/a:b', 'the name must match pattern'],
    [withPlan({ limits: { 'did.create': 1, 'a/b~c': 1 } }), '/plans/0/limits/a~1b~0c', 'the name must match pattern'],
    [withPlan({ prices: { 'did.create': '0' } }), '/plans/0/prices/did.create', 'must match pattern'],
    [withPlan({ prices: { 'did.create': '1.5' } }), '/plans/0/prices/did.create', 'must match pattern'],
    [withPlan({ prices: { 'did.create': 0 } }), '/plans/0/prices/did.create', 'must be >= 1'],
    [withPlan({ prices: { 'did.create': 2 ** 60 } }), '/plans/0/prices/did.create', 'must be <= 9007199254740991'],
    [withPlan({ prices: { 'did.create': '9223372036854775808' } }), '/plans/0/prices/did.create', 'must be at most'],
    [withPlan({ prices: { other: '1' } }), '/plans/0/prices/other', 'no limit beyond which this price begins'],
    [withPlan({ trialDays: 0 }), '/plans/0/trialDays', 'must be >= 1'],
    [withPlan({ days: 3 }), '/plans/0/days', 'is not known here'],
    [withPlan({ plan: '' }), '/plans/0/plan', 'must match pattern'],
    [{ methods: METHODS, plans: [PLAN, PLAN] }, '/plans/1/plan', 'trial is the name of two plans'],
    [{ methods: METHODS, plans: [PLAN], defaultPlan: 'gold' }, '/defaultPlan', 'there is no plan gold'],
    [withRule({ effect: 'pure', meter: 'other' }), '/plans/0/limits/other', 'is missing, and other is metered by it'],
    [withRule({ effect: 'pure' }), '/methods/other/meter', 'is missing'],
    [withRule({ meter: 'did.create' }), '/methods/other/effect', 'is missing'],
    [withRule({ effect: 'quick', free: true }), '/methods/other/effect', 'must be one of pure, stored, ledger'],
    [withRule({ effect: 'pure', free: false }), '/methods/other/free', 'must be true'],
    [withRule({ effect: 'pure', free: true, meter: 'did.create' }), '/methods/other/meter', 'is not known here'],
    [withRule({ effect: 'stored', meter: 'did.create' }), '/methods/other/makes', 'is missing'],
    [withRule(null), '/methods/other', 'must be object'],
    [
      { methods: METHODS, plans: [PLAN], exposedMethods: ['resolveDid', 'constructor'] },
      '/methods/constructor',
      'method_undeclared: constructor is exposed and has no rule',
    ],
  ])('refuses %j in one line that points to %s', (configuration, pointer, reason) => {
    const failure = failureOf(configuration)
    expect(failure.pointer).toBe(pointer)
    expect(failure.line).toContain(`plans_invalid: ${pointer}: `)
    expect(failure.line).toContain(reason)
    expect(failure.line).not.toContain('\n')
  })

  it('stays in one line whatever the names are', () => {
    const { line } = failureOf({ methods: { 'a\nb': { effect: 'pure' } }, plans: [PLAN] })
    expect(line).toBe('plans_invalid: /methods/a b/meter: is missing')
  })

  it('is not changed by what later becomes of the objects that it was given', () => {
    const given = structuredClone({ methods: METHODS, plans: [PLAN] })
    const { methods, plans } = checkConfiguration(given)
    given.plans[0]!.limits['did.create'] = 9
    given.methods.didManagerCreate.meter = 'other'
    expect(plans[0]?.meters[0]?.limit).toBe(20)
    expect(methods.get('didManagerCreate')).toMatchObject({ meter: 'did.create' })
  })
})
