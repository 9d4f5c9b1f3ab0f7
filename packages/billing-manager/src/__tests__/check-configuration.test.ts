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

function withLimits(limits: object, more: object = { trialDays: 30 }) {
  return { methods: METHODS, plans: [{ plan: 'trial', ...more, limits: { 'did.create': limits } }] }
}

function manyLimits(): object {
  const each = { day: { limit: 1, max: 2 } }
  return Object.fromEntries(Array.from({ length: 51 }, (_unused, index) => [`m${index}`, each]))
}

function withRule(rule: unknown) {
  return { methods: { ...METHODS, other: rule }, plans: [PLAN] }
}

describe('checkConfiguration', () => {
  it('takes prices as decimal texts and as integers, exactly', () => {
    const { plans, defaultPlanId } = checkConfiguration(withPlan({ prices: { 'did.create': 5 } }))
    const limits = [{ per: 'trial', limit: 20, isHard: false, rollover: 0 }]
    const terms = { then: null, alignment: 'account', meters: [{ meter: 'did.create', limits, price: 5n }] }
    expect(plans).toEqual([{ planId: 'trial', trialDays: 30, ...terms }])
    expect(defaultPlanId).toBe('trial')
    const large = checkConfiguration(withPlan({ prices: { 'did.create': '9223372036854775807' } }))
    expect(large.plans[0]?.meters[0]?.price).toBe(2n ** 63n - 1n)
  })

  it.each([
    [{}, '/methods', 'is missing'],
    [{ methods: {}, plans: [] }, '/plans', 'must NOT have fewer than 1 items'],
    [{ methods: [], plans: [PLAN] }, '/methods', 'must NOT have fewer than 1 items'],
    [{ methods: [null], plans: [PLAN] }, '/methods/0', 'must be object'],
    [{ methods: 'all', plans: [PLAN] }, '/methods', 'must be object'],
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
    [withLimits({}), '/plans/0/limits/did.create', 'must NOT have fewer than 1 properties'],
    [withLimits({ hour: 1 }), '/plans/0/limits/did.create/hour', 'is not known here'],
    [withLimits({ day: -1 }), '/plans/0/limits/did.create/day', 'must be >= 0'],
    [withLimits({ month: 1 }), '/plans/0/limits/did.create/month', 'a trial is counted as one: say trial'],
    [withLimits({ trial: 1 }, {}), '/plans/0/limits/did.create/trial', 'the plan has no trialDays'],
    [withLimits({ day: {} }), '/plans/0/limits/did.create/day', 'must NOT have fewer than 1 properties'],
    [withLimits({ day: { rollover: 1 } }), '/plans/0/limits/did.create/day', 'needs a limit or a max'],
    [withLimits({ day: { limit: 2, max: 1 } }), '/plans/0/limits/did.create/day/max', 'is less than the limit'],
    [
      withLimits({ day: { max: 2, rollover: 1 } }),
      '/plans/0/limits/did.create/day/rollover',
      'there is no limit that could go over',
    ],
    [
      withLimits({ total: { limit: 2, rollover: 1 } }),
      '/plans/0/limits/did.create/total/rollover',
      'this period has no next one',
    ],
    [
      withPlan({ limits: { 'did.create': { day: { max: 5 } } } }),
      '/plans/0/prices/did.create',
      'there is no limit beyond which this price begins',
    ],
    [withPlan({ limits: manyLimits() }), '/plans/0/limits', 'has 102 limits; at most 100 can be'],
    [withPlan({ then: 'gold' }), '/plans/0/then', 'there is no plan gold'],
    [withPlan({ then: 'trial' }), '/plans/0/then', 'trial is a trial itself'],
    [withPlan({ then: 'trial', trialDays: undefined }), '/plans/0/then', 'only what has trialDays'],
    [withPlan({ periods: 'lunar' }), '/plans/0/periods', 'must be one of account, calendar'],
    [withRule({ when: [] }), '/methods/other/when', 'must NOT have fewer than 1 items'],
    [withRule({ when: [{ effect: 'pure' }] }), '/methods/other/when/0/meter', 'is missing'],
    [withRule({ when: [{ free: true }] }), '/methods/other/when/0/effect', 'is missing'],
    [
      withRule({ when: [{ args: { '/a': 1 }, effect: 'pure', free: true }] }),
      '/methods/other/when/0/args',
      'the last case is the default, which has no conditions',
    ],
    [
      withRule({
        when: [
          { effect: 'pure', free: true },
          { effect: 'pure', meter: 'did.create' },
        ],
      }),
      '/methods/other/when/0',
      'has no conditions: no case after it can be',
    ],
    [
      withRule({
        when: [
          { args: { a: 1 }, effect: 'pure', free: true },
          { effect: 'pure', free: true },
        ],
      }),
      '/methods/other/when/0/args/a',
      'the name must match pattern',
    ],
    [
      withRule({
        when: [
          { args: { '/a': [] }, effect: 'pure', free: true },
          { effect: 'pure', free: true },
        ],
      }),
      '/methods/other/when/0/args/~1a',
      'must be string,number,boolean',
    ],
    [
      withRule({
        when: [
          { args: { '/a': 1 }, effect: 'pure', free: true },
          { effect: 'pure', meter: 'gold' },
        ],
      }),
      '/plans/0/limits/gold',
      'is missing, and other is metered by it',
    ],
    [withRule({ effect: 'pure', meter: 'did.create', units: 0 }), '/methods/other/units', 'must be >= 1'],
    [withRule({ effect: 'pure', meter: 'did.create', units: 'items' }), '/methods/other/units', 'must match pattern'],
    [withRule({ effect: 'pure', meter: 'did.create', units: {} }), '/methods/other/units/of', 'is missing'],
    [
      withRule({ effect: 'pure', meter: 'did.create', units: { of: '/a', max: 1e9 } }),
      '/methods/other/units/max',
      'must be <= 1000000',
    ],
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

  it('takes a rule of a later list in place of an earlier one, and asks for limits of what is offered alone', () => {
    const card = { ...METHODS, cheqdCreate: { effect: 'ledger', meter: 'resource.create' } }
    const methods = [card, { resolveDid: { effect: 'pure', meter: 'did.create' } }]
    const checked = checkConfiguration({ methods, plans: [PLAN], exposedMethods: ['resolveDid'] })
    expect(checked.methods.get('resolveDid')).toEqual({ effect: 'pure', meter: 'did.create' })
    expect(checked.methods.get('didManagerCreate')).toEqual(METHODS.didManagerCreate)
    expect(failureOf({ methods, plans: [PLAN] }).pointer).toBe('/plans/0/limits/resource.create')
    const wrong = [card, { resolveDid: { when: [{ args: { '/a': 1 }, effect: 'pure', free: true }] } }]
    expect(failureOf({ methods: wrong, plans: [PLAN] }).pointer).toBe('/methods/1/resolveDid/when/0/args')
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
    expect(plans[0]?.meters[0]?.limits[0]?.limit).toBe(20)
    expect(methods.get('didManagerCreate')).toMatchObject({ meter: 'did.create' })
  })
})
