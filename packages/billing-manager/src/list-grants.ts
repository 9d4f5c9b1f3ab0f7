import type { IAgent } from '@veramo/core-types'
import { parsePageArgs, toPage } from '@veramo-studio/plugin-kit'
import { grantAccount, unitAsset } from './account-codes.js'
import type { BillingDependencies } from './dependencies.js'
import { customerOf } from './find-customer.js'
import { toBillingGrant } from './grant-credit.js'
import { findSubscription } from './read-agreement.js'
import { readGrants } from './typeorm/grant-store.js'
import type { BillingGrantPage, BillingManagerListGrantsArgs } from './types/IBillingManager.js'

export async function listGrants(
  deps: BillingDependencies,
  { customerId, meter, ...pageArgs }: BillingManagerListGrantsArgs,
  agent: IAgent,
): Promise<BillingGrantPage> {
  const { database, ledger, clock } = deps
  const tenantId = customerOf(database, customerId)
  const { limit, after } = parsePageArgs(pageArgs)
  await findSubscription(deps, agent, tenantId)
  const now = clock.now().toISOString()
  return database.read(
    async (manager) => {
      const rows = await readGrants(manager, { tenantId, meter, after, limit: limit + 1 })
      const accounts = rows.map((row) => ({ code: grantAccount(row.grantId), asset: unitAsset(row.meter) }))
      const balances = await ledger.balances(manager, tenantId, accounts)
      const listed = rows.map((row, index) => ({ row, left: Number(balances[index]?.balance ?? 0n) }))
      return toPage(listed, limit, {
        position: ({ row: { createdAt, grantId } }) => ({ createdAt, id: grantId }),
        item: ({ row, left }) => {
          const expired = row.expiresAt !== null && row.expiresAt <= now
          return { ...toBillingGrant(row), remaining: expired ? 0 : left, expired }
        },
      })
    },
    { tenantId },
  )
}
