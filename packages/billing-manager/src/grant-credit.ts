import type { IAgent } from '@veramo/core-types'
import { kitErrors, randomString } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { grantAccount, OUTSIDE_GRANT, unitAsset } from './account-codes.js'
import { assertLine } from './check-text.js'
import type { BillingDependencies } from './dependencies.js'
import { billingManagerErrors } from './errors.js'
import { customerOf } from './find-customer.js'
import { findSubscription } from './read-agreement.js'
import { assertMeter } from './known-meter.js'
import { insertGrant, readGrantByKey, type GrantRow } from './typeorm/grant-store.js'
import type { BillingGrant, BillingManagerGrantCreditArgs } from './types/IBillingManager.js'

const DEFAULT_PRIORITY = 100
const MAX_PRIORITY = 2 ** 31 - 1
const MAX_REASON_LENGTH = 500
const MAX_KEY_LENGTH = 255
const ID_LENGTH = 24
const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/

export async function grantCredit(
  deps: BillingDependencies,
  args: BillingManagerGrantCreditArgs,
  agent: IAgent,
): Promise<BillingGrant> {
  const { database, clock } = deps
  const tenantId = customerOf(database, args.customerId)
  const row: GrantRow = { ...checkGrant(args, deps), tenantId, createdAt: clock.now().toISOString() }
  // Where there are accounts, an operator's slip of the pen gives nothing to a customer that does not exist.
  await findSubscription(deps, agent, tenantId)
  const kept = await database.write((manager) => giveOnce(deps, manager, row), { tenantId })
  if (!isSameGrant(kept, row)) {
    throw billingManagerErrors.idempotency_conflict('the idempotency key was used for another grant')
  }
  return toBillingGrant(kept)
}

/** The grant that the idempotency key stands for: this one, or one that is there already. */
async function giveOnce({ ledger }: BillingDependencies, manager: EntityManager, row: GrantRow): Promise<GrantRow> {
  const { tenantId, grantId, meter, idempotencyKey, createdAt, expiresAt } = row
  const known = await readGrantByKey(manager, tenantId, idempotencyKey)
  if (known !== undefined) return known
  // Asked of a new grant alone: one that is asked for again may have expired meanwhile.
  if (expiresAt !== null && expiresAt <= createdAt) throw kitErrors.invalid_argument('expiresAt must be in the future')
  if (!(await insertGrant(manager, row))) return (await readGrantByKey(manager, tenantId, idempotencyKey)) ?? row
  await ledger.post(manager, {
    tenantId,
    transferId: grantId,
    legs: [{ from: OUTSIDE_GRANT, to: grantAccount(grantId), asset: unitAsset(meter), amount: BigInt(row.units) }],
    metadata: { for: 'grant', meter, grantId },
  })
  return row
}

function checkGrant(
  args: BillingManagerGrantCreditArgs,
  deps: BillingDependencies,
): Omit<GrantRow, 'tenantId' | 'createdAt'> {
  const { meter, units, priority = DEFAULT_PRIORITY, expiresAt, reason, idempotencyKey } = args
  assertMeter(deps, meter)
  if (!Number.isSafeInteger(units) || units < 1) {
    throw kitErrors.invalid_argument(`units must be an integer from 1 to ${Number.MAX_SAFE_INTEGER}`)
  }
  if (!Number.isInteger(priority) || Math.abs(priority) > MAX_PRIORITY) {
    throw kitErrors.invalid_argument(`priority must be an integer from -${MAX_PRIORITY} to ${MAX_PRIORITY}`)
  }
  assertLine('reason', reason, MAX_REASON_LENGTH)
  assertLine('idempotencyKey', idempotencyKey, MAX_KEY_LENGTH)
  const grantId = randomString(ID_LENGTH)
  return { grantId, meter, units: String(units), priority, expiresAt: toInstant(expiresAt), reason, idempotencyKey }
}

function toInstant(expiresAt: string | undefined): string | null {
  if (expiresAt === undefined) return null
  const instant = new Date(expiresAt)
  if (!ISO_INSTANT.test(expiresAt) || Number.isNaN(instant.getTime())) {
    throw kitErrors.invalid_argument('expiresAt must be a time such as 2030-01-31T00:00:00Z')
  }
  return instant.toISOString()
}

function isSameGrant(one: GrantRow, other: GrantRow): boolean {
  const asked = ({ meter, units, priority, expiresAt, reason }: GrantRow) => [meter, units, priority, expiresAt, reason]
  return JSON.stringify(asked(one)) === JSON.stringify(asked(other))
}

export function toBillingGrant({ tenantId, grantId, meter, units, priority, expiresAt, reason, createdAt }: GrantRow) {
  return {
    ...{ grantId, customerId: tenantId, meter, units: Number(units) },
    ...{ priority, expiresAt, reason, createdAt },
  } satisfies BillingGrant
}
