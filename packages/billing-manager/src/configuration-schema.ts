const NAME = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'
const POINTER = '^(/([^~/]|~[01])+)+$'
const MAX_TRIAL_DAYS = 36_500
const MAX_UNITS_PER_CALL = 1_000_000
/** Past it, JavaScript's numbers and YAML's are not exact. */
const MAX_NUMBER = Number.MAX_SAFE_INTEGER

const name = { type: 'string', pattern: NAME }
const pointer = { type: 'string', pattern: POINTER }
const effect = { enum: ['pure', 'stored', 'ledger'] }
const argumentValues = {
  type: 'object',
  minProperties: 1,
  propertyNames: pointer,
  additionalProperties: { type: ['string', 'number', 'boolean'] },
}
const unitsPerCall = { type: 'integer', minimum: 1, maximum: MAX_UNITS_PER_CALL }

const units = {
  type: ['integer', 'string', 'object'],
  minimum: 1,
  maximum: MAX_UNITS_PER_CALL,
  pattern: POINTER,
  required: ['of'],
  additionalProperties: false,
  properties: { of: pointer, max: unitsPerCall },
}

const freeRule = (more: object) => ({
  additionalProperties: false,
  properties: { effect, free: { const: true }, ...more },
})

const meteredRule = (more: object) => ({
  additionalProperties: false,
  required: ['meter'],
  properties: { effect, meter: name, units, makes: name, secret: { type: 'boolean' }, ...more },
  if: { required: ['effect'], properties: { effect: { const: 'stored' } } },
  then: { required: ['makes'] },
})

const plainRule = (more: { free?: object; metered?: object }) => ({
  type: 'object',
  required: ['effect'],
  if: { required: ['free'] },
  then: freeRule(more.free ?? {}),
  else: meteredRule(more.metered ?? {}),
})

const conditionalRule = {
  additionalProperties: false,
  properties: {
    defaults: argumentValues,
    when: {
      type: 'array',
      minItems: 1,
      maxItems: 50,
      items: plainRule({ free: { args: argumentValues }, metered: { args: argumentValues } }),
    },
  },
}

const methodRule = {
  type: 'object',
  if: { required: ['when'] },
  then: conditionalRule,
  else: plainRule({ metered: { defaults: argumentValues } }),
}

const count = { type: 'integer', minimum: 0, maximum: MAX_NUMBER }

const limitOfPeriod = {
  type: ['integer', 'object'],
  minimum: 0,
  maximum: MAX_NUMBER,
  minProperties: 1,
  additionalProperties: false,
  properties: { limit: count, max: count, rollover: { type: 'integer', minimum: 1, maximum: MAX_NUMBER } },
}

const limitsOfMeter = {
  type: ['integer', 'object'],
  minimum: 0,
  maximum: MAX_NUMBER,
  minProperties: 1,
  additionalProperties: false,
  properties: Object.fromEntries(
    ['day', 'week', 'month', 'year', 'total', 'trial'].map((period) => [period, limitOfPeriod]),
  ),
}

const plan = {
  type: 'object',
  required: ['plan', 'limits'],
  additionalProperties: false,
  properties: {
    plan: name,
    trialDays: { type: 'integer', minimum: 1, maximum: MAX_TRIAL_DAYS },
    then: name,
    periods: { enum: ['account', 'calendar'] },
    limits: { type: 'object', propertyNames: name, additionalProperties: limitsOfMeter },
    prices: {
      type: 'object',
      propertyNames: name,
      // A decimal string holds what a number cannot.
      additionalProperties: {
        type: ['string', 'integer'],
        pattern: '^[1-9][0-9]{0,18}$',
        minimum: 1,
        maximum: MAX_NUMBER,
      },
    },
  },
}

const methodRules = { type: 'object', additionalProperties: methodRule }

/** JSON schema of what `agent.yml` says of plans and methods. */
export const configurationSchema = {
  type: 'object',
  required: ['methods', 'plans'],
  properties: {
    methods: { if: { type: 'array' }, then: { items: methodRules, minItems: 1 }, else: methodRules },
    plans: { type: 'array', minItems: 1, items: plan },
    defaultPlan: { type: 'string' },
    exposedMethods: { type: 'array', items: { type: 'string' } },
  },
}
