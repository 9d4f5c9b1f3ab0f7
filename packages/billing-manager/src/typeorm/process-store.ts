import type { Clock } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { change, isPostgres, select } from './sql.js'

const SELECT_HEARTBEAT = `SELECT "heartbeatAt" FROM "studio_process" WHERE "processId" = ?`
const UPSERT_HEARTBEAT =
  `INSERT INTO "studio_process" ("processId", "heartbeatAt") VALUES (?, ?) ` +
  `ON CONFLICT ("processId") DO UPDATE SET "heartbeatAt" = EXCLUDED."heartbeatAt"`
const NAME_CONNECTION = `SELECT set_config('application_name', ?, false)`
const SELECT_AT_WORK =
  `SELECT 1 FROM pg_stat_activity WHERE "application_name" = ? AND "datname" = current_database() ` +
  `AND ("state" = 'active' OR "state" = 'idle in transaction' AND "state_change" >= CAST(? AS timestamptz)) LIMIT 1`
const DELETE_PROCESS = `DELETE FROM "studio_process" WHERE "processId" = ?`
const DEAD_WITHOUT_CALLS =
  `FROM "studio_process" WHERE "heartbeatAt" < ? AND NOT EXISTS (SELECT 1 FROM "studio_reservation" r ` +
  `WHERE r."endedAt" IS NULL AND r."processId" = "studio_process"."processId")`
const SELECT_DEAD = `SELECT 1 ${DEAD_WITHOUT_CALLS} LIMIT 1`
const DELETE_DEAD = `DELETE ${DEAD_WITHOUT_CALLS}`

/**
 * The time that heartbeats are told by. Processes on one Postgres may run on several machines, and go by its clock
 * alone; those on one SQLite file share their machine's.
 */
export async function readSharedTime(manager: EntityManager, clock: Clock): Promise<Date> {
  if (!isPostgres(manager)) return clock.now()
  const rows = await select<{ now: Date }>(manager, 'SELECT clock_timestamp() AS "now"', [])
  return (rows as [{ now: Date }])[0].now
}

export async function readHeartbeat(manager: EntityManager, processId: string): Promise<string | undefined> {
  return (await select<{ heartbeatAt: string }>(manager, SELECT_HEARTBEAT, [processId]))[0]?.heartbeatAt
}

/**
 * Whether a process is at work in the database, though its heartbeats wait for their turn: on Postgres many processes may
 * wait for the same row, each with a batch of calls. On SQLite whoever could end its calls waits with it.
 */
export async function isAtWork(manager: EntityManager, processId: string, since: string): Promise<boolean> {
  if (!isPostgres(manager)) return false
  return (await select(manager, SELECT_AT_WORK, [connectionName(processId), since])).length > 0
}

/** By its name others see what the connection does that a process writes through. */
function connectionName(processId: string): string {
  return `veramo-studio ${processId}`
}

export async function writeHeartbeat(manager: EntityManager, processId: string, heartbeatAt: string): Promise<void> {
  if (isPostgres(manager)) await select(manager, NAME_CONNECTION, [connectionName(processId)])
  await change(manager, UPSERT_HEARTBEAT, [processId, heartbeatAt])
}

export async function deleteProcess(manager: EntityManager, processId: string): Promise<void> {
  await change(manager, DELETE_PROCESS, [processId])
}

/** Whether there are processes to forget. */
export async function hasDeadProcesses(manager: EntityManager, aliveSince: string): Promise<boolean> {
  return (await select(manager, SELECT_DEAD, [aliveSince])).length > 0
}

/** Forgets processes that have not been heard of since, and have nothing open. */
export async function deleteDeadProcesses(manager: EntityManager, aliveSince: string): Promise<void> {
  await change(manager, DELETE_DEAD, [aliveSince])
}
