import type { EntityManager } from 'typeorm'
import type { MadeThing } from '../types/IBillingManager.js'
import { insertRows } from './insert-rows.js'
import { change, isListed, select } from './sql.js'

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

/** Of a call that has just been reserved. */
export type RunningRow = IdempotencyReference &
  Pick<IdempotencyRecord, 'digest' | 'reservationId'> & { createdAt: string }

type StoredRecord = Omit<IdempotencyRecord, 'made'> & { idempotencyKey: string; made: string | null }

const KEY_COLUMNS = ['tenantId', 'method', 'idempotencyKey'] as const
const SELECT_RECORDS =
  `SELECT "idempotencyKey", "digest", "reservationId", "state", "sealedAnswer", "made" ` +
  `FROM "studio_idempotency" WHERE "tenantId" = ? AND "method" = ?`
const ONE = `WHERE "tenantId" = ? AND "method" = ? AND "idempotencyKey" = ?`
const INSERT_RUNNING =
  `INSERT INTO "studio_idempotency" ("tenantId", "method", "idempotencyKey", "digest", "reservationId", "state", ` +
  `"createdAt") VALUES (?, ?, ?, ?, ?, 'running', ?) ON CONFLICT DO NOTHING`
const UPDATE_ENDING = `UPDATE "studio_idempotency" SET "state" = ?, "sealedAnswer" = ?, "answerDigest" = ?, "made" = ?, "endedAt" = ? ${ONE}`
const DELETE_RECORD = `DELETE FROM "studio_idempotency" ${ONE}`

/** What keys of one customer and method were used for, by key. */
export async function readRecords(
  manager: EntityManager,
  { tenantId, method }: Omit<IdempotencyReference, 'idempotencyKey'>,
  idempotencyKeys: readonly string[],
): Promise<Map<string, IdempotencyRecord>> {
  const sql = `${SELECT_RECORDS} AND ${isListed(manager, 'idempotencyKey')}`
  const rows = await select<StoredRecord>(manager, sql, [tenantId, method, JSON.stringify(idempotencyKeys)])
  return new Map(rows.map(({ idempotencyKey, made, ...row }) => [idempotencyKey, { ...row, made: parseMade(made) }]))
}

export function parseMade(made: string | null): MadeThing[] | null {
  return made === null ? null : (JSON.parse(made) as MadeThing[])
}

/** Rows of one customer, together. Says how many keys were free. */
export async function insertRunningRows(manager: EntityManager, rows: readonly RunningRow[]): Promise<number> {
  return insertRows(manager, {
    table: 'studio_idempotency',
    columns: [...KEY_COLUMNS, 'digest', 'reservationId', 'state', 'createdAt'],
    rows: rows.map((row) => ({ ...row, state: 'running' })),
    skipsTaken: true,
  })
}

/** False where the key is taken. */
export async function insertRunning(manager: EntityManager, row: RunningRow): Promise<boolean> {
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
