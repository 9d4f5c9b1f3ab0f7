import { parsePageArgs, toPage, type PagePosition } from '@veramo-studio/plugin-kit'
import { In, type EntityManager } from 'typeorm'
import { withCurrentPlan } from './current-plan.js'
import type { ReadAccountDeps } from './get-account.js'
import { toAccount } from './to-account.js'
import { AccountRow } from './typeorm/account-row.js'
import { PaymentAddressRow } from './typeorm/payment-address-row.js'
import type { AccountManagerListArgs, AccountPage } from './types/IAccountManager.js'

/** Inside a tenant it lists that tenant's own account alone: no scope widens itself. */
export async function listAccounts(
  { database, plans }: ReadAccountDeps,
  args: AccountManagerListArgs,
): Promise<AccountPage> {
  const { limit, after } = parsePageArgs(args)
  const scope = database.scope()
  const own = scope?.kind === 'tenant' ? scope.tenantId : undefined
  return database.read(async (manager) => {
    const rows: AccountRow[] = []
    for (const row of await findAccounts(manager, { own, after, count: limit + 1 })) {
      rows.push(await withCurrentPlan(plans, manager, row))
    }
    const addresses = await manager.findBy(PaymentAddressRow, { tenantId: In(rows.map((row) => row.tenantId)) })
    return toPage(rows, limit, {
      position: (row) => ({ createdAt: row.createdAt, id: row.tenantId }),
      item: (row) => toAccount(row, addresses),
    })
  })
}

async function findAccounts(
  manager: EntityManager,
  { own, after, count }: { own: string | undefined; after: PagePosition | undefined; count: number },
): Promise<AccountRow[]> {
  const query = manager
    .createQueryBuilder(AccountRow, 'account')
    .orderBy('account.createdAt')
    .addOrderBy('account.tenantId')
    .limit(count)
  if (own !== undefined) query.andWhere('account.tenantId = :own', { own })
  if (after !== undefined) {
    query.andWhere(
      '(account.createdAt > :createdAt OR (account.createdAt = :createdAt AND account.tenantId > :id))',
      after,
    )
  }
  return query.getMany()
}
