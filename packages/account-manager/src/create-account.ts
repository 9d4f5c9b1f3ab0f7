import { BASE36, isUniqueViolation, randomString, type Clock, type Database } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { parseAccountFields, toEmailKey, type AccountFields } from './account-fields.js'
import { accountManagerErrors } from './errors.js'
import { NETWORKS } from './money-account.js'
import { toPaymentAddress } from './payment-address.js'
import { toAccount } from './to-account.js'
import { AccountRow } from './typeorm/account-row.js'
import { PaymentAddressRow } from './typeorm/payment-address-row.js'
import type { Account, AccountManagerCreateArgs } from './types/IAccountManager.js'
import type { PaymentKeys } from './types/PaymentKeys.js'

export interface CreateAccountDeps {
  database: Database
  paymentKeys: PaymentKeys
  defaultPlan: string
  clock: Clock
}

const ID_LENGTH = 20

/** The account, its addresses and the keys behind them are committed together. */
export async function createAccount(deps: CreateAccountDeps, args: AccountManagerCreateArgs): Promise<Account> {
  const account = toRow(parseAccountFields(args), deps)
  try {
    return await deps.database.write(async (manager) => {
      // First: a taken e-mail address fails before a key is made.
      await manager.insert(AccountRow, account)
      const addresses = await createAddresses(deps.paymentKeys, manager, account)
      return toAccount(account, addresses)
    })
  } catch (error) {
    if (account.emailKey !== null && isUniqueViolation(error)) {
      throw accountManagerErrors.email_taken('another account has this e-mail address', { cause: error })
    }
    throw error
  }
}

function toRow({ name, email, plan }: AccountFields, deps: CreateAccountDeps): AccountRow {
  return {
    tenantId: `c${randomString(ID_LENGTH, BASE36)}`,
    name,
    email: email ?? null,
    emailKey: email === undefined ? null : toEmailKey(email),
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
