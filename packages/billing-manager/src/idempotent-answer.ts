import { createHash } from 'node:crypto'
import type { EntityManager } from 'typeorm'
import type { AnswerSeal, SealPlace } from './answer-seal.js'
import { updateEnding, type IdempotencyRecord, type IdempotencyReference } from './typeorm/idempotency-store.js'
import type { IdempotencyRefusal, RecordedAnswer, ReserveDecision } from './types/IBillingManager.js'

export interface AnswerRecording extends IdempotencyReference {
  reservationId: string
  /** Absent where nobody gave one. */
  answer: RecordedAnswer | undefined
  /** The answer must not be kept. */
  isSecret: boolean
  endedAt: string
}

/** Keeps the answer of a call for those who repeat it; only that there was one, where it must not or cannot be kept. */
export async function recordAnswer(
  answers: AnswerSeal | undefined,
  manager: EntityManager,
  recording: AnswerRecording,
): Promise<void> {
  const { answer, isSecret, endedAt } = recording
  const plaintext = answer === undefined || isSecret ? null : JSON.stringify({ ok: answer.ok, body: answer.body })
  const kept = plaintext !== null && answers !== undefined
  await updateEnding(manager, recording, {
    state: kept ? 'answered' : 'withheld',
    sealedAnswer: kept ? await answers.seal(manager, placeOf(recording), plaintext) : null,
    answerDigest: plaintext === null ? null : createHash('sha256').update(plaintext).digest('hex'),
    made: null,
    endedAt,
  })
}

/** What a call gets whose key was used before. */
export async function answerAgain(
  answers: AnswerSeal | undefined,
  reference: IdempotencyReference & { digest: string },
  record: IdempotencyRecord,
): Promise<ReserveDecision> {
  if (record.digest !== reference.digest) return refused({ code: 'idempotency_mismatch' })
  if (record.state === 'running') return refused({ code: 'idempotency_running' })
  if (record.state === 'lost') return refused({ code: 'answer_lost', ...(record.made && { made: record.made }) })
  if (record.sealedAnswer === null || answers === undefined) return refused({ code: 'answer_withheld' })
  const place = placeOf({ ...reference, reservationId: record.reservationId })
  const answer = JSON.parse(await answers.open(place, record.sealedAnswer)) as RecordedAnswer
  return { decision: 'replayed', answer }
}

function refused(refusal: IdempotencyRefusal): ReserveDecision {
  return { decision: 'refused', refusal }
}

function placeOf(row: IdempotencyReference & { reservationId: string }): SealPlace {
  const { tenantId, method, idempotencyKey, reservationId } = row
  return { tenantId, context: JSON.stringify(['idempotent-answer', method, idempotencyKey, reservationId]) }
}
