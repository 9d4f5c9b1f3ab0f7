import type { IAgent } from '@veramo/core-types'
import { BASE36, isUniqueViolation, randomString, type Clock, type Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { emailColumns, nameColumns, parseAccountFields, type AccountFields } from './account-fields.js'
import { writeAudit } from './audit-log.js'
import { accountManagerErrors } from './errors.js'
import { NETWORKS } from './money-account.js'
import { toPaymentAddress } from './payment-address.js'
import { toAccount } from './to-account.js'
import { AccountRow } from './typeorm/account-row.js'
import { PaymentAddressRow } from './typeorm/payment-address-row.js'
import type { Account, AccountManagerCreateArgs } from './types/Account.js'
import type { PaymentKeys } from './types/PaymentKeys.js'

export interface CreateAccountDeps {
  database: Database
  paymentKeys: PaymentKeys
  defaultPlan: string
  clock: Clock
}

const ID_LENGTH = 20
const PLANS_METHOD = 'billingManagerListPlans'

/** The account, its addresses and the keys behind them are committed together. */
export async function createAccount(
  deps: CreateAccountDeps,
  agent: IAgent,
  args: AccountManagerCreateArgs,
): Promise<Account> {
  const fields = parseAccountFields(args)
  await assertPlan(agent, fields.plan)
  const account = toRow(fields, deps)
  try {
    return await deps.database.write((manager) => insertAccount(deps, manager, account), { tenantId: account.tenantId })
  } catch (error) {
    throw emailTaken(error, account.emailKey)
  }
}

/** Rejects with the billing manager's `plan_unknown`. Without one, a plan is a name. */
async function assertPlan(agent: IAgent, plan: string | undefined): Promise<void> {
  if (plan === undefined || !agent.availableMethods().includes(PLANS_METHOD)) return
  await agent.execute(PLANS_METHOD, { plan })
}

/** What went wrong with a write: where it was the e-mail address, in the words of the account manager. */
export function emailTaken(error: unknown, emailKey: string | null | undefined): unknown {
  if (typeof emailKey !== 'string' || !isUniqueViolation(error)) return error
  return accountManagerErrors.email_taken('another account has this e-mail address', { cause: error })
}

async function insertAccount(
  { paymentKeys, clock }: CreateAccountDeps,
  manager: EntityManager,
  account: AccountRow,
): Promise<Account> {
  const { tenantId, name, email, plan, status } = account
  // First: a taken e-mail address fails before a key is made.
  await manager.insert(AccountRow, account)
  const addresses = await createAddresses(paymentKeys, manager, account)
  const after = { name, email, plan, status }
  await writeAudit(clock, manager, { tenantId, action: 'create', before: null, after, reason: null })
  return toAccount(account, addresses)
}

function toRow({ name, email, plan }: AccountFields, deps: CreateAccountDeps): AccountRow {
  return {
    tenantId: `c${randomString(ID_LENGTH, BASE36)}`,
    ...nameColumns(name),
    ...emailColumns(email),
    plan: plan ?? deps.defaultPlan,
    status: 'active',
    createdAt: deps.clock.now().toISOString(),
  }
}

async function createAddresses(
  paymentKeys: PaymentKeys,
  manager: EntityManager,
  { tenantId, createdAt }: AccountRow,
): Promise<PaymentAddressRow[]> {
  const addresses: PaymentAddressRow[] = []
  for (const network of NETWORKS) {
    const { publicKeyHex } = await paymentKeys.create(manager, { tenantId, network })
    addresses.push({ tenantId, network, address: toPaymentAddress(publicKeyHex), publicKeyHex, createdAt })
  }
  await manager.insert(PaymentAddressRow, addresses)
  return addresses
}
