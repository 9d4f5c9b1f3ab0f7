import { createHash } from 'node:crypto'
import type { IAgent } from '@veramo/core-types'
import {
  billingManagerErrors,
  type CallBilling,
  type IdempotencyRefusal,
  type RecordedAnswer,
  type ReservationIdempotency,
  type ReserveDenial,
} from '@veramo-studio/billing-manager'
import { canonicalJson, isStudioError, kitErrors, type MeteredCall, type Principal } from '@veramo-studio/plugin-kit'
import { assertNetwork } from './assert-network.js'
import { tenantAgentErrors } from './errors.js'
import type { AgentCall, TenantAgentOptions } from './execute-for-principal.js'
import { recordError, recordResult, replay } from './recorded-answer.js'

export interface CallToMeter extends AgentCall, TenantAgentOptions {
  agent: IAgent
  billing: CallBilling
  principal: Principal
}

/** How a reserved call is brought to its end. */
interface Reserved {
  billing: CallBilling
  customerId: string
  reservationId: string
  /** Whether its answer is kept, to be given again. */
  keepsAnswer: boolean
  /** Throws for a network that the caller must not spend on. */
  assertNetwork: (network: string) => void
}

type Run = (meteredCall?: MeteredCall) => Promise<unknown>

const MAX_KEY_LENGTH = 255

/** Of calls that were not carried out: the same one may be sent again with its key when what refused it has changed. */
const REFUSING_STATUSES = [401, 402, 403, 429]

const REFUSALS = {
  idempotency_running: 'the first call with this idempotency key has not ended',
  idempotency_mismatch: 'this idempotency key was used with other arguments',
  answer_lost: 'the call was made once, but its answer is lost',
  answer_withheld: 'the call was made once; its answer is a secret, which is not kept',
}

/** Reserves what a call costs, runs it, and settles or voids: a call that fails is free. */
export async function runMetered(call: CallToMeter, run: Run): Promise<unknown> {
  const { agent, billing, principal, method, args } = call
  const customerId = principal.tenantId
  const idempotency = idempotencyOf(call)
  const decision = await billing.reserve(
    {
      customerId,
      method,
      args: args ?? {},
      environment: principal.environment,
      ...(principal.keyId !== undefined && { keyId: principal.keyId }),
      ...(idempotency && { idempotency }),
    },
    agent,
  )
  if (decision.usage !== undefined) call.onUsage?.(decision.usage)
  if (decision.decision === 'free') return run()
  if (decision.answer !== undefined) return replay(decision.answer)
  if (decision.refusal !== undefined) throw refusalOf(decision.refusal)
  if (decision.denial !== undefined) throw denialOf(decision.denial)
  if (decision.reservationId === undefined) throw new Error(`a reservation without an id: ${decision.decision}`)
  const { reservationId } = decision
  const reserved: Reserved = {
    ...{ billing, customerId, reservationId, keepsAnswer: idempotency !== undefined },
    assertNetwork: (network) => assertNetwork(agent, principal, network),
  }
  return runReserved(reserved, run)
}

async function runReserved(reserved: Reserved, run: Run): Promise<unknown> {
  try {
    return await runToItsEnd(reserved, run)
  } catch (error) {
    throw explained(reserved, error)
  }
}

/** What a caller does next is the same as where the store was at fault: to send the call again, or not. */
function explained({ keepsAnswer }: Reserved, cause: unknown): unknown {
  if (!isStudioError(cause)) return cause
  if (cause.code === 'write_outcome_unknown' && keepsAnswer) {
    return kitErrors.store_unavailable('the answer is lost; ask for it with the same idempotency key', { cause })
  }
  if (cause.code !== 'reservation_ended') return cause
  // This process stood still for longer than its lease, and another one has ended the call.
  return cause.extensions['state'] === 'settled'
    ? tenantAgentErrors.answer_lost(REFUSALS.answer_lost, { cause })
    : kitErrors.store_unavailable('the call was given up before it had done anything', { cause })
}

async function runToItsEnd(reserved: Reserved, run: Run): Promise<unknown> {
  const { billing, customerId, reservationId } = reserved
  let result: unknown
  let hasMarked = false
  try {
    result = await run({
      callId: reservationId,
      guardWrite: (manager) => billing.guardWrite(manager, { customerId, reservationId }),
      markBroadcast: async (transaction) => {
        reserved.assertNetwork(transaction.network)
        // Also where it fails: whether it was kept is not known then.
        hasMarked = true
        await billing.markBroadcast({ customerId, reservationId }, transaction)
      },
    })
  } catch (error) {
    if (hasMarked) throw await endBroadcast(reserved, error)
    await endFailed(reserved, error)
    throw error
  }
  await endOrResolve(
    reserved,
    (answer) => billing.settle({ customerId, reservationId, ...answer }),
    recordResult(result),
  )
  return result
}

/**
 * A call that failed after it may have sent a transaction: whatever it failed with, the chain knows better. Gives what
 * its caller is to be told.
 */
async function endBroadcast({ billing, customerId, reservationId }: Reserved, error: unknown): Promise<unknown> {
  const { state, made, transaction } = await billing.leaveToOutcome({ customerId, reservationId })
  if (state === 'settled') return refusalOf({ code: 'answer_lost', made }, error)
  if (state !== 'broadcast') return error
  return refusalOf({ code: 'outcome_pending', ...(transaction && { transaction }) }, error)
}

/** A fault of ours is no answer to keep. What the call has stored by then is looked at, and decides. */
async function endFailed(reserved: Reserved, error: unknown): Promise<void> {
  const { billing, customerId, reservationId } = reserved
  if (isStudioError(error) && error.status === 503) return billing.leaveOpen({ customerId, reservationId })
  const isRefusal = isStudioError(error) && REFUSING_STATUSES.includes(error.status)
  const end = (answer: { answer?: RecordedAnswer }) =>
    billing.void({ customerId, reservationId, ...(isRefusal ? {} : answer) })
  await endOrResolve(reserved, end, recordError(error))
}

/** Where a reservation cannot be ended, what the call has stored decides, as soon as the store answers again. */
async function endOrResolve(
  reserved: Reserved,
  end: (answer: { answer?: RecordedAnswer }) => Promise<unknown>,
  answer: RecordedAnswer,
): Promise<void> {
  try {
    await end(reserved.keepsAnswer ? { answer } : {})
  } catch (error) {
    await reserved.billing.leaveOpen(reserved)
    throw error
  }
}

function idempotencyOf({ idempotencyKey, args }: CallToMeter): ReservationIdempotency | undefined {
  if (idempotencyKey === undefined) return undefined
  if (idempotencyKey === '' || idempotencyKey.length > MAX_KEY_LENGTH) {
    throw kitErrors.invalid_argument(`the idempotency key must have 1 to ${MAX_KEY_LENGTH} characters`)
  }
  // What JSON makes of the arguments is what a remote caller would have sent.
  const sent = JSON.parse(JSON.stringify(args ?? {})) as unknown
  return { key: idempotencyKey, digest: createHash('sha256').update(canonicalJson(sent)).digest('hex') }
}

function denialOf(denial: ReserveDenial): Error {
  const { code, meter, units, price, available, missing, network, topUpAddress, resetsAt, keyId } = denial
  if (code === 'key_budget_exhausted') {
    return tenantAgentErrors.key_budget_exhausted(`the budget of the key for ${meter} is used up`, {
      extensions: { meter, units, keyId, resetsAt },
    })
  }
  const cost = price === null ? 'the plan sells no more' : `${units} more cost ${price.amount} ${price.denom}`
  const topUp = { network, address: topUpAddress }
  return tenantAgentErrors.limit_exhausted(`the limit of ${meter} is used up; ${cost}`, {
    extensions: { meter, units, price, available, missing, topUp, resetsAt },
  })
}

const OUTCOME_PENDING =
  'a transaction of the call may be on its way, and what became of it is not known yet; the same call with the same ' +
  'idempotency key is told, once it is'

function refusalOf({ code, made, transaction }: IdempotencyRefusal, cause?: unknown): Error {
  const extensions = { ...(made && { made }), ...(transaction && { transaction }) }
  if (code === 'outcome_pending') return billingManagerErrors[code](OUTCOME_PENDING, { extensions, cause })
  return tenantAgentErrors[code](REFUSALS[code], { extensions, cause })
}
