const NAME = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'
const MAX_TRIAL_DAYS = 36_500
/** Past it, JavaScript's numbers and YAML's are not exact. */
const MAX_NUMBER = Number.MAX_SAFE_INTEGER

const name = { type: 'string', pattern: NAME }
const effect = { enum: ['pure', 'stored', 'ledger'] }

const freeRule = {
  additionalProperties: false,
  properties: { effect, free: { const: true } },
}

const meteredRule = {
  additionalProperties: false,
  required: ['meter'],
  properties: { effect, meter: name, makes: name, secret: { type: 'boolean' } },
  if: { required: ['effect'], properties: { effect: { const: 'stored' } } },
  then: { required: ['makes'] },
}

const methodRule = {
  type: 'object',
  required: ['effect'],
  if: { required: ['free'] },
  then: freeRule,
  else: meteredRule,
}

const plan = {
  type: 'object',
  required: ['plan', 'limits'],
  additionalProperties: false,
  properties: {
    plan: name,
    trialDays: { type: 'integer', minimum: 1, maximum: MAX_TRIAL_DAYS },
    limits: {
      type: 'object',
      propertyNames: name,
      additionalProperties: { type: 'integer', minimum: 0, maximum: MAX_NUMBER },
    },
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

/** JSON schema of what `agent.yml` says of plans and methods. */
export const configurationSchema = {
  type: 'object',
  required: ['methods', 'plans'],
  properties: {
    methods: { type: 'object', additionalProperties: methodRule },
    plans: { type: 'array', minItems: 1, items: plan },
    defaultPlan: { type: 'string' },
    exposedMethods: { type: 'array', items: { type: 'string' } },
  },
}
