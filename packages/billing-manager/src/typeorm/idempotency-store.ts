import type { EntityManager } from 'typeorm'
import type { MadeThing } from '../types/IBillingManager.js'
import { change } from './sql.js'

/** Which use of a key is meant. */
export interface IdempotencyReference {
  tenantId: string
  method: string
  idempotencyKey: string
}

/** What a key was used for, and what came of it. */
export interface IdempotencyRecord {
  digest: string
  reservationId: string
  state: 'running' | 'answered' | 'lost' | 'withheld'
  sealedAnswer: string | null
  made: MadeThing[] | null
}

/** How a key's record ends. */
export interface IdempotencyEnding {
  state: Exclude<IdempotencyRecord['state'], 'running'>
  sealedAnswer: string | null
  answerDigest: string | null
  made: readonly MadeThing[] | null
  endedAt: string
}

const ONE = `WHERE "tenantId" = ? AND "method" = ? AND "idempotencyKey" = ?`
const INSERT_RUNNING =
  `INSERT INTO "studio_idempotency" ("tenantId", "method", "idempotencyKey", "digest", "reservationId", "state", ` +
  `"createdAt") VALUES (?, ?, ?, ?, ?, 'running', ?) ON CONFLICT DO NOTHING`
const UPDATE_ENDING = `UPDATE "studio_idempotency" SET "state" = ?, "sealedAnswer" = ?, "answerDigest" = ?, "made" = ?, "endedAt" = ? ${ONE}`
const DELETE_RECORD = `DELETE FROM "studio_idempotency" ${ONE}`

/** False where the key is taken. */
export async function insertRunning(
  manager: EntityManager,
  row: IdempotencyReference & Pick<IdempotencyRecord, 'digest' | 'reservationId'> & { createdAt: string },
): Promise<boolean> {
  const parameters = [...parametersOf(row), row.digest, row.reservationId, row.createdAt]
  return (await change(manager, INSERT_RUNNING, parameters)) === 1
}

export async function updateEnding(
  manager: EntityManager,
  reference: IdempotencyReference,
  { state, sealedAnswer, answerDigest, made, endedAt }: IdempotencyEnding,
): Promise<void> {
  const ending = [state, sealedAnswer, answerDigest, made === null ? null : JSON.stringify(made), endedAt]
  await change(manager, UPDATE_ENDING, [...ending, ...parametersOf(reference)])
}

/** The key may be used again. */
export async function deleteRecord(manager: EntityManager, reference: IdempotencyReference): Promise<void> {
  await change(manager, DELETE_RECORD, parametersOf(reference))
}

function parametersOf({ tenantId, method, idempotencyKey }: IdempotencyReference): string[] {
  return [tenantId, method, idempotencyKey]
}
