import { isErrorLike } from '../error-like.js'
import { isStudioError } from '../errors.js'
import { kitErrors } from '../kit-errors.js'

/**
 * SQLite's primary result codes that mean the store is at fault. https://sqlite.org/rescode.html. SQLITE_ERROR too: our
 * statements are fixed, so what they name and SQLite does not find has gone missing.
 */
const SQLITE_FAULTS = [
  'SQLITE_ERROR',
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_CORRUPT',
  'SQLITE_NOTADB',
  'SQLITE_CANTOPEN',
  'SQLITE_READONLY',
  'SQLITE_NOMEM',
]

/**
 * SQLSTATE classes: connection exception, a name that is missing or not permitted, insufficient resources, operator
 * intervention, system error, internal error.
 */
const POSTGRES_FAULT_CLASSES = ['08', '42', '53', '57', '58', 'XX']

/** SQLSTATE: read-only transaction (a demoted primary), serialization failure, deadlock. */
const POSTGRES_FAULTS = ['25006', '40001', '40P01']

const NETWORK_FAULTS = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']

/** What the drivers and TypeORM say without a code when their connection goes away. */
const CONNECTION_LOST =
  /connection terminated|connection ended|not queryable|client has encountered a connection error|timeout exceeded when trying to connect|driver not connected|query runner already released|database connection is not open/i

/** Turns a driver's complaint about the store itself into `store_unavailable`; any other error is returned as it is. */
export function toStoreFault(error: unknown): Error {
  if (!isErrorLike(error)) return new Error(String(error))
  if (isStudioError(error) || !isStoreFault(error)) return error
  return kitErrors.store_unavailable('the database cannot serve this call now', { cause: error })
}

export function isStoreFault(error: unknown): boolean {
  if (!isErrorLike(error)) return false
  const code = codeOf(error)
  if (code.startsWith('SQLITE_')) return SQLITE_FAULTS.some((fault) => code === fault || code.startsWith(`${fault}_`))
  if (NETWORK_FAULTS.includes(code) || POSTGRES_FAULTS.includes(code)) return true
  if (/^[0-9A-Z]{5}$/.test(code)) return POSTGRES_FAULT_CLASSES.includes(code.slice(0, 2))
  return CONNECTION_LOST.test(error.message)
}

/** Whether SQLite refused because another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  return isErrorLike(error) && codeOf(error).startsWith('SQLITE_BUSY')
}

/** Whether Postgres gave a statement up since it and another transaction waited for each other. */
export function isDeadlock(error: Error): boolean {
  return isErrorLike(error.cause) && ['40P01', '40001'].includes(codeOf(error.cause))
}

/** Whether a row was refused since one with the same key exists. */
export function isUniqueViolation(error: unknown): boolean {
  if (!isErrorLike(error)) return false
  const code = codeOf(error)
  return code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY'
}

/** TypeORM copies the driver's properties onto its QueryFailedError, `code` included. */
function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
