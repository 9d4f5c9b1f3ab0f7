import type { EntityManager } from 'typeorm'
import type { BillingDependencies } from './dependencies.js'
import type { EndState } from './end-reservation.js'
import { recordAnswer } from './idempotent-answer.js'
import { casesOf } from './method-rule.js'
import { deleteRecord, type IdempotencyReference } from './typeorm/idempotency-store.js'
import type { RecordedAnswer } from './types/IBillingManager.js'

export interface EndedCall extends Omit<IdempotencyReference, 'idempotencyKey'> {
  reservationId: string
  /** Null for a call without one. */
  idempotencyKey: string | null
  state: EndState
  /** Absent where nobody gave one. */
  answer: RecordedAnswer | undefined
  endedAt: string
}

/** Keeps the answer for those who repeat the call; a call that was voided without one may be sent again with its key. */
export async function endKey(
  deps: Pick<BillingDependencies, 'answers' | 'methods'>,
  manager: EntityManager,
  { state, idempotencyKey, ...call }: EndedCall,
): Promise<void> {
  if (idempotencyKey === null) return
  const keyed = { ...call, idempotencyKey }
  if (state === 'voided' && call.answer === undefined) return deleteRecord(manager, keyed)
  // What a voided call ended with is an error, which is never a secret.
  await recordAnswer(deps.answers, manager, { ...keyed, isSecret: state === 'settled' && isSecret(deps, call.method) })
}

/** A method that has lost its rule since may have answered anything. */
function isSecret({ methods }: Pick<BillingDependencies, 'methods'>, method: string): boolean {
  const rule = methods.get(method)
  return rule === undefined || casesOf(rule).some((each) => !each.free && each.secret === true)
}
