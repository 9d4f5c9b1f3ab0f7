import type { EntityManager } from 'typeorm'
import { kitErrors, type Clock } from '@veramo-studio/plugin-kit'
import { parseAccountChanges, type AccountChanges } from './account-fields.js'
import { differences, writeAudit } from './audit-log.js'
import { emailTaken } from './create-account.js'
import { describeAccount, type ReadAccountDeps } from './get-account.js'
import { parseText } from './parse-text.js'
import { MAX_REASON_LENGTH } from './post-money.js'
import { AccountRow } from './typeorm/account-row.js'
import { lockAccount } from './typeorm/account-store.js'
import type { Account, AccountManagerUpdateArgs } from './types/Account.js'

export interface ChangeAccountDeps extends ReadAccountDeps {
  clock: Clock
}

interface AccountUpdate {
  tenantId: string
  changes: AccountChanges
  reason: string | null
}

export async function updateAccount(deps: ChangeAccountDeps, args: AccountManagerUpdateArgs): Promise<Account> {
  const { database } = deps
  const tenantId = database.customerId(args.customerId)
  const update = { tenantId, changes: parseAccountChanges(args), reason: parseReason(args.reason) }
  try {
    return await database.write((manager) => applyUpdate(deps, manager, update), { tenantId })
  } catch (error) {
    throw emailTaken(error, update.changes.emailKey)
  }
}

export function parseReason(reason: string | undefined): string | null {
  return reason === undefined ? null : parseText('reason', reason, MAX_REASON_LENGTH)
}

async function applyUpdate(
  deps: ChangeAccountDeps,
  manager: EntityManager,
  { tenantId, changes, reason }: AccountUpdate,
): Promise<Account> {
  const row = await lockAccount(manager, tenantId)
  if (row.status !== 'active') throw kitErrors.account_closed('a closed account cannot be changed')
  const updated = { ...row, ...changes }
  const { before, after } = differences(shownOf(row), shownOf(updated))
  if (Object.keys(after).length > 0) {
    await manager.update(AccountRow, { tenantId }, changes)
    await writeAudit(deps.clock, manager, { tenantId, action: 'update', before, after, reason })
  }
  return describeAccount(deps, manager, updated)
}

function shownOf({ name, email }: AccountRow): { name: string; email: string | null } {
  return { name, email }
}
