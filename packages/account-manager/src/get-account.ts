import type { Database } from '@veramo-studio/plugin-kit'
import { withCurrentPlan } from './current-plan.js'
import { requireAccount } from './require-account.js'
import { toAccount } from './to-account.js'
import { PaymentAddressRow } from './typeorm/payment-address-row.js'
import type { Account, AccountManagerGetArgs } from './types/IAccountManager.js'
import type { PlanDirectory } from './types/PlanDirectory.js'

export interface ReadAccountDeps {
  database: Database
  plans?: PlanDirectory
}

export async function getAccount({ database, plans }: ReadAccountDeps, args: AccountManagerGetArgs): Promise<Account> {
  const tenantId = database.customerId(args.customerId)
  return database.read(async (manager) => {
    const account = await requireAccount(manager, tenantId)
    const addresses = await manager.findBy(PaymentAddressRow, { tenantId })
    return toAccount(await withCurrentPlan(plans, manager, account), addresses)
  })
}
