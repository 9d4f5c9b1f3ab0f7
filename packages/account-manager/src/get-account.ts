import { kitErrors, type Database } from '@veramo-studio/plugin-kit'
import { toAccount } from './to-account.js'
import { AccountRow } from './typeorm/account-row.js'
import { PaymentAddressRow } from './typeorm/payment-address-row.js'
import type { Account, AccountManagerGetArgs } from './types/IAccountManager.js'

export async function getAccount({ database }: { database: Database }, args: AccountManagerGetArgs): Promise<Account> {
  const tenantId = database.customerId(args.customerId)
  return database.read(async (manager) => {
    const account = await manager.findOneBy(AccountRow, { tenantId })
    // The words of `Database.customerId`: a customer that is not there and one that is another's look the same.
    if (account === null) throw kitErrors.not_found('customer not found')
    return toAccount(account, await manager.findBy(PaymentAddressRow, { tenantId }))
  })
}
