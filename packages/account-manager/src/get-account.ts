import type { Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { withCurrentPlan } from './current-plan.js'
import { toAccount } from './to-account.js'
import type { AccountRow } from './typeorm/account-row.js'
import { requireAccount } from './typeorm/account-store.js'
import { PaymentAddressRow } from './typeorm/payment-address-row.js'
import type { Account, AccountManagerGetArgs } from './types/Account.js'
import type { PlanDirectory } from './types/PlanDirectory.js'

export interface ReadAccountDeps {
  database: Database
  plans?: PlanDirectory
}

export async function getAccount(deps: ReadAccountDeps, args: AccountManagerGetArgs): Promise<Account> {
  const tenantId = deps.database.customerId(args.customerId)
  const describe = async (manager: EntityManager) =>
    describeAccount(deps, manager, await requireAccount(manager, tenantId))
  return deps.database.read(describe, { tenantId })
}

/** An account with its addresses, and the plan that it is on now. */
export async function describeAccount(
  { plans }: ReadAccountDeps,
  manager: EntityManager,
  row: AccountRow,
): Promise<Account> {
  const addresses = await manager.findBy(PaymentAddressRow, { tenantId: row.tenantId })
  return toAccount(await withCurrentPlan(plans, manager, row), addresses)
}
