import { listReservations } from './list-reservations.js'
import { resolveReservation } from './resolve-reservation.js'
import { getKeyBudgets, removeKeyBudget, setKeyBudget, type KeyBudgetDependencies } from './set-key-budget.js'
import { getWebhook, removeWebhook, setWebhook } from './set-webhook.js'
import type { IBillingControls } from './types/IBillingControls.js'

export const OPERATOR_CONTROLS = ['billingManagerListReservations', 'billingManagerResolveReservation']
/** Their results hold a secret. */
export const CONTROLS_WITH_SECRETS = ['billingManagerSetWebhook']

export function billingControls(deps: KeyBudgetDependencies): IBillingControls {
  return {
    billingManagerListReservations: (args) => listReservations(deps, args),
    billingManagerResolveReservation: (args) => resolveReservation(deps, args),
    billingManagerSetKeyBudget: (args, { agent }) => setKeyBudget(deps, args, agent),
    billingManagerGetKeyBudgets: (args, { agent }) => getKeyBudgets(deps, args, agent),
    billingManagerDeleteKeyBudget: (args, { agent }) => removeKeyBudget(deps, args, agent),
    billingManagerSetWebhook: (args) => setWebhook(deps, args),
    billingManagerGetWebhook: (args) => getWebhook(deps, args),
    billingManagerDeleteWebhook: (args) => removeWebhook(deps, args),
  }
}
