import type { Environment } from '@veramo-studio/plugin-kit'
import type { BillingNetwork } from './types/IBillingManager.js'

/** Where the units of plans come from, and where those return to that a smaller plan takes away. */
export const OUTSIDE_PLAN = 'outside:plan'
export const OUTSIDE_GRANT = 'outside:grant'
/** Where units come from that credit or deposit pays. */
export const OUTSIDE_OVERAGE = 'outside:overage'
export const REVENUE = 'revenue'

/** Which units are counted: those of a meter, in a period. */
export interface MeterPeriod {
  meter: string
  periodStart: string
}

/** What the plan still gives. */
export function allowanceAccount({ meter, periodStart }: MeterPeriod): string {
  return `allowance:${meter}:${periodStart}`
}

/** All units that calls have used, whoever paid for them. */
export function usedAccount({ meter, periodStart }: MeterPeriod): string {
  return `used:${meter}:${periodStart}`
}

export function grantAccount(grantId: string): string {
  return `grant:${grantId}`
}

export function creditAccount(network: BillingNetwork): string {
  return `credit:${network}`
}

export function depositAccount(network: BillingNetwork): string {
  return `deposit:${network}`
}

export function unitAsset(meter: string): string {
  return `unit:${meter}`
}

export function moneyAsset(network: BillingNetwork): string {
  return `${network}:ncheq`
}

/** The network whose balances pay. */
export function networkOf(environment: Environment): BillingNetwork {
  return environment === 'live' ? 'mainnet' : 'testnet'
}
