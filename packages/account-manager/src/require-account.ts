import { kitErrors } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { isPrintable } from './parse-text.js'
import { AccountRow } from './typeorm/account-row.js'

export async function requireAccount(manager: EntityManager, tenantId: string): Promise<AccountRow> {
  const account = isPrintable(tenantId) ? await manager.findOneBy(AccountRow, { tenantId }) : null
  // The words of `Database.customerId`: a customer that is not there and one that is another's look the same.
  if (account === null) throw kitErrors.not_found('customer not found')
  return account
}
