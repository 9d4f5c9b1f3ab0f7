import { kitErrors } from '@veramo-studio/plugin-kit'
import { PERMISSION } from './check-permissions.js'
import type { ApiKeyRateLimit } from './types/IApiKeyManager.js'

const MAX_LIMITS = 10
const MAX_CALLS = 1_000_000_000
const MAX_WINDOW_MS = 366 * 24 * 3_600_000
const MAX_METHODS = 200
const NAME = /^[a-z0-9][a-z0-9_-]{0,49}$/
const MEMBERS = ['name', 'limit', 'windowMs', 'scope', 'methods']

/** Throws `invalid_argument` with the first member that is wrong. */
export function checkRateLimits(limits: readonly ApiKeyRateLimit[]): ApiKeyRateLimit[] {
  if (limits.length > MAX_LIMITS) throw kitErrors.invalid_argument(`rateLimits has at most ${MAX_LIMITS} entries`)
  const checked = limits.map(checkOne)
  if (new Set(checked.map(({ name }) => name)).size < checked.length) {
    throw kitErrors.invalid_argument('rateLimits must have different names')
  }
  return checked
}

function checkOne(given: ApiKeyRateLimit, index: number): ApiKeyRateLimit {
  const { name, limit, windowMs, scope, methods } = given
  const refuse = (reason: string) => kitErrors.invalid_argument(`rateLimits.${index}${reason}`)
  const other = Object.keys(given).find((member) => !MEMBERS.includes(member))
  if (other !== undefined) throw refuse(` has no other members than ${MEMBERS.join(', ')}`)
  if (!NAME.test(name)) throw refuse('.name must have 1 to 50 lower-case letters, digits, - and _')
  if (!isCount(limit, MAX_CALLS)) throw refuse(`.limit must be a whole number from 1 to ${MAX_CALLS}`)
  if (!isCount(windowMs, MAX_WINDOW_MS)) throw refuse(`.windowMs must be a whole number from 1 to ${MAX_WINDOW_MS}`)
  if (scope !== 'strict' && scope !== 'local') throw refuse('.scope must be strict or local')
  const isList = methods.length > 0 && methods.length <= MAX_METHODS && methods.every((each) => PERMISSION.test(each))
  if (!isList) throw refuse(`.methods must be 1 to ${MAX_METHODS} names of methods, starts of one and *, or *`)
  return { name, limit, windowMs, scope, methods: [...new Set(methods)] }
}

function isCount(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= max
}
