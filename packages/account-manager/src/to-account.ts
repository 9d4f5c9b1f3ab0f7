import type { AccountRow } from './typeorm/account-row.js'
import type { PaymentAddressRow } from './typeorm/payment-address-row.js'
import type { Account } from './types/Account.js'
import type { PaymentNetwork } from './types/PaymentKeys.js'

/** @param addresses those of the account; others are passed over */
export function toAccount(row: AccountRow, addresses: readonly PaymentAddressRow[]): Account {
  const addressOn = (network: PaymentNetwork): string => {
    const found = addresses.find((each) => each.tenantId === row.tenantId && each.network === network)
    if (found === undefined) throw new Error(`customer ${row.tenantId} has no payment address on ${network}`)
    return found.address
  }
  return {
    customerId: row.tenantId,
    name: row.name,
    email: row.email,
    plan: row.plan,
    status: row.status,
    createdAt: row.createdAt,
    paymentAccount: { mainnet: addressOn('mainnet'), testnet: addressOn('testnet') },
  }
}
