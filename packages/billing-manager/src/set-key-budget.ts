import type { IAgent } from '@veramo/core-types'
import { currentContext, kitErrors, randomString } from '@veramo-studio/plugin-kit'
import { assertLine } from './check-text.js'
import type { BillingDependencies } from './dependencies.js'
import { customerOf } from './find-customer.js'
import { assertMeter } from './known-meter.js'
import { budgetAt, nextRefill } from './key-budget.js'
import type { BudgetKeys } from './budget-keys.js'
import { deleteKeyBudget, readKeyBudgets, upsertKeyBudget, type KeyBudgetRow } from './typeorm/key-budget-store.js'
import type {
  BillingManagerDeleteKeyBudgetArgs,
  BillingManagerGetKeyBudgetsArgs,
  BillingManagerSetKeyBudgetArgs,
  KeyBudget,
  KeyBudgetDeletion,
  KeyBudgetList,
} from './types/IBillingControls.js'

export interface KeyBudgetDependencies extends BillingDependencies {
  budgetKeys: BudgetKeys
}

const EPOCH_LENGTH = 12
const MAX_ID_LENGTH = 255

/** What calls that run have drawn from the budget before is not given back to this one. */
export async function setKeyBudget(
  deps: KeyBudgetDependencies,
  args: BillingManagerSetKeyBudgetArgs,
  agent: IAgent,
): Promise<KeyBudget> {
  const { meter, units, refill } = args
  assertMeter(deps, meter)
  assertUnits('units', units)
  if (refill !== undefined) assertUnits('refill.units', refill.units)
  const reference = await budgetOf(deps, args, agent)
  await assertUnbounded(deps, agent, 'billingManagerSetKeyBudget')
  const filledAt = deps.clock.now().toISOString()
  const row: KeyBudgetRow = {
    ...{ ...reference, meter, units: BigInt(units), remaining: BigInt(units) },
    ...{ refillInterval: refill?.interval ?? null, refillUnits: refill === undefined ? null : BigInt(refill.units) },
    ...{ filledAt, epoch: randomString(EPOCH_LENGTH), updatedAt: filledAt },
  }
  await deps.database.write((manager) => upsertKeyBudget(manager, row), { tenantId: reference.tenantId })
  return toKeyBudget(row, deps.clock.now())
}

export async function getKeyBudgets(
  deps: KeyBudgetDependencies,
  args: BillingManagerGetKeyBudgetsArgs,
  agent: IAgent,
): Promise<KeyBudgetList> {
  const reference = await budgetOf(deps, args, agent)
  const rows = await deps.database.read((manager) => readKeyBudgets(manager, reference), {
    tenantId: reference.tenantId,
  })
  return { items: rows.map((row) => toKeyBudget(row, deps.clock.now())) }
}

export async function removeKeyBudget(
  deps: KeyBudgetDependencies,
  args: BillingManagerDeleteKeyBudgetArgs,
  agent: IAgent,
): Promise<KeyBudgetDeletion> {
  const { meter } = args
  assertLine('meter', meter, MAX_ID_LENGTH)
  const reference = { ...(await budgetOf(deps, args, agent)), meter }
  await assertUnbounded(deps, agent, 'billingManagerDeleteKeyBudget')
  const { tenantId } = reference
  return { deleted: await deps.database.write((manager) => deleteKeyBudget(manager, reference), { tenantId }) }
}

async function budgetOf(
  { database, budgetKeys }: KeyBudgetDependencies,
  { customerId, keyId }: { customerId?: string; keyId: string },
  agent: IAgent,
): Promise<{ tenantId: string; keyId: string }> {
  const tenantId = customerOf(database, customerId)
  assertLine('keyId', keyId, MAX_ID_LENGTH)
  return { tenantId, keyId: await budgetKeys.find(agent, { tenantId, keyId }) }
}

/** A key that is bounded could else lift its own bound, or that of a key which it may use as well. */
async function assertUnbounded(deps: KeyBudgetDependencies, agent: IAgent, permission: string): Promise<void> {
  const { principal } = currentContext()
  if (principal?.role !== 'customer' || principal.keyId === undefined) return
  const { tenantId, keyId } = principal
  const root = await deps.budgetKeys.find(agent, { tenantId, keyId })
  const own = await deps.database.read((manager) => readKeyBudgets(manager, { tenantId, keyId: root }), { tenantId })
  if (own.length === 0) return
  throw kitErrors.permission_denied('a key that has a budget changes none', { extensions: { permission } })
}

function assertUnits(member: string, units: number): void {
  if (!Number.isSafeInteger(units) || units < 0) {
    throw kitErrors.invalid_argument(`${member} must be an integer from 0 to ${Number.MAX_SAFE_INTEGER}`)
  }
}

function toKeyBudget(row: KeyBudgetRow, now: Date): KeyBudget {
  const { tenantId, keyId, meter, units, refillInterval, refillUnits, epoch, updatedAt } = row
  const isRefilled = refillInterval !== null && refillUnits !== null
  return {
    ...{ customerId: tenantId, keyId, meter, units: Number(units) },
    remaining: Number(budgetAt(row, now, epoch).remaining),
    refill: isRefilled ? { interval: refillInterval, units: Number(refillUnits) } : null,
    resetsAt: nextRefill(row, now),
    updatedAt,
  }
}
