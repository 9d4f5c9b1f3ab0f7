import { OUTSIDE_PREFIX } from '@veramo-studio/ledger'
import type { BalanceSource } from './types/Money.js'
import type { PaymentNetwork } from './types/PaymentKeys.js'

export const NETWORKS: readonly PaymentNetwork[] = ['mainnet', 'testnet']

const SOURCES: readonly BalanceSource[] = ['credit', 'deposit']

/** Where the money comes from that the operator gives. */
export const OUTSIDE_OPERATOR = `${OUTSIDE_PREFIX}operator`

/** Where credit goes that was given by mistake, and where it comes back from. */
export const OUTSIDE_CORRECTION = `${OUTSIDE_PREFIX}correction`

/** Where a refund comes from whose charge has left the revenue. */
export const OUTSIDE_REFUND = `${OUTSIDE_PREFIX}refund`

/** Where the money goes that customers pay with. */
export const REVENUE = 'revenue'

/** One of a customer's four purses, each an account of the ledger. */
export interface MoneyAccount {
  network: PaymentNetwork
  source: BalanceSource
  /** Code of the account in the ledger. */
  code: string
  /** Its asset in the ledger. */
  asset: string
}

/** Credit, then deposit, on mainnet and then on testnet. */
export const MONEY_ACCOUNTS: readonly MoneyAccount[] = NETWORKS.flatMap((network) =>
  SOURCES.map((source) => moneyAccount(source, network)),
)

export function moneyAccount(source: BalanceSource, network: PaymentNetwork): MoneyAccount {
  return { network, source, code: `${source}:${network}`, asset: moneyAsset(network) }
}

export function moneyAsset(network: PaymentNetwork): string {
  return `${network}:ncheq`
}

/** Undefined where an account of the ledger is none of a customer's purses. */
export function findMoneyAccount({ code, asset }: { code: string; asset: string }): MoneyAccount | undefined {
  return MONEY_ACCOUNTS.find((account) => account.code === code && account.asset === asset)
}
