import { encodeCursor, parsePageArgs, rowsOf, type PagePosition } from '@veramo-studio/plugin-kit'
import { In, type EntityManager } from 'typeorm'
import { toEmailKey, toNameKey } from './account-fields.js'
import { withCurrentPlans } from './current-plan.js'
import type { ReadAccountDeps } from './get-account.js'
import { parsePeriod } from './parse-period.js'
import { parseText } from './parse-text.js'
import { toAccount } from './to-account.js'
import { findAccounts, type AccountFilters } from './typeorm/account-store.js'
import type { AccountRow } from './typeorm/account-row.js'
import { PaymentAddressRow } from './typeorm/payment-address-row.js'
import type { AccountManagerListArgs, AccountPage } from './types/Account.js'

interface Found {
  rows: AccountRow[]
  /** Where the next page begins. */
  next: PagePosition | undefined
}

const MAX_FILTER_LENGTH = 254
/** Which plan a customer is on, others know: a filter by plan looks at so many accounts for one page, and no more. */
const CHUNK = 500
const MAX_CHUNKS = 10

/** Inside a tenant it lists that tenant's own account alone: no scope widens itself. */
export async function listAccounts(deps: ReadAccountDeps, args: AccountManagerListArgs): Promise<AccountPage> {
  const { limit, after } = parsePageArgs(args)
  const filters = toFilters(args)
  const scope = deps.database.scope()
  if (scope?.kind === 'tenant') filters.tenantId = scope.tenantId
  return deps.database.read(async (manager) => {
    const { rows, next } = await findPage(deps, manager, { filters, plan: args.plan, after, limit })
    const addresses = await manager.findBy(PaymentAddressRow, { tenantId: In(rows.map((row) => row.tenantId)) })
    const items = rows.map((row) => toAccount(row, addresses))
    return next === undefined ? { items } : { items, nextCursor: encodeCursor(next) }
  }, rowsOf(filters.tenantId))
}

function toFilters({ status, email, name, createdFrom, createdTo }: AccountManagerListArgs): AccountFilters {
  const period = parsePeriod({
    ...(createdFrom !== undefined && { from: createdFrom }),
    ...(createdTo !== undefined && { to: createdTo }),
  })
  return {
    tenantId: undefined,
    status,
    emailKey: email === undefined ? undefined : toEmailKey(parseText('email', email, MAX_FILTER_LENGTH)),
    namePart: name === undefined ? undefined : toNameKey(parseText('name', name, MAX_FILTER_LENGTH)),
    ...period,
  }
}

interface PageQuery {
  filters: AccountFilters
  plan: string | undefined
  after: PagePosition | undefined
  limit: number
}

async function findPage(
  { plans }: ReadAccountDeps,
  manager: EntityManager,
  { filters, plan, after, limit }: PageQuery,
): Promise<Found> {
  const chunk = plan === undefined ? limit + 1 : CHUNK
  const rows: AccountRow[] = []
  let position = after
  for (let chunks = 0; chunks < MAX_CHUNKS; chunks += 1) {
    const found = await findAccounts(manager, filters, { after: position, count: chunk })
    for (const row of await withCurrentPlans(plans, manager, found)) {
      if (plan !== undefined && row.plan !== plan) continue
      if (rows.length === limit) return { rows, next: positionOf(rows.at(-1)) }
      rows.push(row)
    }
    if (found.length < chunk) return { rows, next: undefined }
    position = positionOf(found.at(-1))
  }
  return { rows, next: position }
}

function positionOf(row: AccountRow | undefined): PagePosition | undefined {
  return row && { createdAt: row.createdAt, id: row.tenantId }
}
