import type { Ledger } from '@veramo-studio/ledger'
import type { EntityManager } from 'typeorm'
import { writeAudit } from './audit-log.js'
import { accountManagerErrors } from './errors.js'
import { describeAccount } from './get-account.js'
import { toBalances } from './get-balances.js'
import { readFunds } from './read-funds.js'
import { AccountRow } from './typeorm/account-row.js'
import { lockAccount } from './typeorm/account-store.js'
import type { Account, AccountManagerCloseArgs } from './types/Account.js'
import type { AccountCloser } from './types/AccountCloser.js'
import type { Balance } from './types/Money.js'
import { parseReason, type ChangeAccountDeps } from './update-account.js'

export interface CloseAccountDeps extends ChangeAccountDeps {
  ledger: Ledger
  closers: readonly AccountCloser[]
}

/** Where there are more, this many are told of. */
const MOST_COUNTED = 1000

/** One commit closes the account, its books and all that ends with them; closing it again finds it closed. */
export async function closeAccount(deps: CloseAccountDeps, args: AccountManagerCloseArgs): Promise<Account> {
  const tenantId = deps.database.customerId(args.customerId)
  const reason = parseReason(args.reason)
  const closed = await deps.database.write((manager) => closeOnce(deps, manager, { tenantId, reason }), { tenantId })
  for (const closer of deps.closers) closer.accountClosed?.(tenantId)
  return closed
}

async function closeOnce(
  deps: CloseAccountDeps,
  manager: EntityManager,
  { tenantId, reason }: { tenantId: string; reason: string | null },
): Promise<Account> {
  const { ledger, clock, closers } = deps
  const row = await lockAccount(manager, tenantId)
  if (row.status === 'closed') return describeAccount(deps, manager, row)
  // First: what the books hold from here on is all that they will ever hold.
  await ledger.close(manager, tenantId)
  await refuseRemains(ledger, manager, tenantId)
  const closed: AccountRow = { ...row, status: 'closed' }
  await manager.update(AccountRow, { tenantId }, { status: closed.status })
  const closedAt = clock.now().toISOString()
  for (const closer of closers) await closer.closeAccount(manager, { tenantId, closedAt })
  const [before, after] = [{ status: row.status }, { status: closed.status }]
  await writeAudit(clock, manager, { tenantId, action: 'close', before, after, reason })
  return describeAccount(deps, manager, closed)
}

async function refuseRemains(ledger: Ledger, manager: EntityManager, tenantId: string): Promise<void> {
  const funds = await readFunds(ledger, manager, tenantId)
  const balances = toBalances(funds).filter(({ available, held }) => available.amount !== '0' || held.amount !== '0')
  const openReservations = (await ledger.listPending(manager, { tenantId, limit: MOST_COUNTED })).length
  if (balances.length === 0 && openReservations === 0) return
  const remains = balances.map(describe)
  if (openReservations > 0) remains.push(`calls that have not ended: ${openReservations}`)
  throw accountManagerErrors.account_not_empty(`the account still has ${remains.join(', ')}`, {
    extensions: { balances, openReservations },
  })
}

function describe({ network, source, available, held }: Balance): string {
  const heldToo = held.amount === '0' ? '' : ` and ${held.amount} held`
  return `${available.amount} ncheq of ${source}${heldToo} on ${network}`
}
