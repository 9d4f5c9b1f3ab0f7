import type { BillingDependencies } from './dependencies.js'
import { listReservations } from './list-reservations.js'
import { resolveReservation } from './resolve-reservation.js'
import type { IBillingControls } from './types/IBillingControls.js'

export const OPERATOR_CONTROLS = ['billingManagerListReservations', 'billingManagerResolveReservation']
/** Their results hold a secret. */
export const CONTROLS_WITH_SECRETS = [] as string[]

export function billingControls(deps: BillingDependencies): IBillingControls {
  return {
    billingManagerListReservations: (args) => listReservations(deps, args),
    billingManagerResolveReservation: (args) => resolveReservation(deps, args),
  }
}
