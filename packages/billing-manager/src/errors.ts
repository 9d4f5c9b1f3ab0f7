import { errorFactory, type ErrorDefinition } from '@veramo-studio/plugin-kit'

/** Errors of the billing manager, besides those of plugin-kit. */
export const billingManagerErrorDefinitions = {
  plans_invalid: { status: 500, title: 'Plans or method rules invalid' },
  method_undeclared: { status: 500, title: 'Method without a rule' },
  plan_unknown: { status: 404, title: 'Plan unknown' },
  meter_unknown: { status: 404, title: 'Meter unknown' },
  reservation_ended: { status: 409, title: 'Reservation ended' },
  outcome_pending: { status: 409, title: 'Outcome of a transaction not known yet' },
  idempotency_conflict: { status: 409, title: 'Idempotency key used for something else' },
  books_broken: { status: 500, title: 'Books broken' },
} as const satisfies Record<string, ErrorDefinition>

export const billingManagerErrors = errorFactory(billingManagerErrorDefinitions)
