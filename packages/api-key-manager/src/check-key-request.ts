import { kitErrors } from '@veramo-studio/plugin-kit'
import { checkAllowedIps } from './allowed-ips.js'
import { checkPermissions } from './check-permissions.js'
import { checkRateLimits } from './check-rate-limits.js'
import { checkLine, checkLines } from './check-text.js'
import type { BindableNetworks } from './dependencies.js'
import type { ApiKeyChange } from './typeorm/api-key-store.js'
import type {
  ApiKeyEnvironment,
  ApiKeyManagerCreateArgs,
  ApiKeyManagerUpdateArgs,
  ApiKeyRateLimit,
} from './types/IApiKeyManager.js'

/** A key as it is asked for, with its defaults; whether the caller may have it is another question. */
export interface KeyRequest {
  name: string
  description: string | null
  environment: ApiKeyEnvironment
  network: string | null
  permissions: string[]
  /** Undefined: as long as a key lasts by default. */
  expiresAt: string | undefined
  rateLimits: ApiKeyRateLimit[]
  allowedIps: string[]
}

const COMMON_MEMBERS = [
  'customerId',
  'name',
  'description',
  'network',
  'permissions',
  'expiresAt',
  'rateLimits',
  'allowedIps',
]
const CREATE_MEMBERS = [...COMMON_MEMBERS, 'environment']
const UPDATE_MEMBERS = [...COMMON_MEMBERS, 'keyId', 'enabled']

const MAX_NAME_LENGTH = 100
const MAX_DESCRIPTION_LENGTH = 500
/** RFC 3339, with an offset: a local time would be another instant on another machine. Seconds may be left out. */
const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/

/** Throws `invalid_argument` with the first member that is wrong. */
export function checkKeyRequest(
  args: ApiKeyManagerCreateArgs,
  { now, networks }: { now: Date; networks: BindableNetworks },
): KeyRequest {
  refuseOtherMembers(args, CREATE_MEMBERS)
  const { name, description, environment = 'live', network, permissions = ['*'], expiresAt } = args
  return {
    name: checkLine('name', name, MAX_NAME_LENGTH),
    description: description === undefined ? null : checkLines('description', description, MAX_DESCRIPTION_LENGTH),
    environment,
    network: network === undefined ? null : checkNetwork(network, environment, networks),
    permissions: checkPermissions(permissions),
    expiresAt: expiresAt === undefined ? undefined : checkExpiry(expiresAt, now),
    rateLimits: checkRateLimits(args.rateLimits ?? []),
    allowedIps: checkAllowedIps(args.allowedIps ?? []),
  }
}

/** As {@link checkKeyRequest}: what of a key is to be changed, without what is to stay as it is. */
export function checkKeyChange(
  args: ApiKeyManagerUpdateArgs,
  { now, networks, environment }: { now: Date; networks: BindableNetworks; environment: ApiKeyEnvironment },
): ApiKeyChange {
  refuseOtherMembers(args, UPDATE_MEMBERS)
  const { name, description, enabled, network, permissions, expiresAt, rateLimits, allowedIps } = args
  const change: ApiKeyChange = {
    ...(name !== undefined && { name: checkLine('name', name, MAX_NAME_LENGTH) }),
    ...(description !== undefined && {
      description: description === null ? null : checkLines('description', description, MAX_DESCRIPTION_LENGTH),
    }),
    ...(enabled !== undefined && { enabled }),
    ...(network !== undefined && { network: network === null ? null : checkNetwork(network, environment, networks) }),
    ...(permissions !== undefined && { permissions: checkPermissions(permissions) }),
    ...(expiresAt !== undefined && { expiresAt: checkExpiry(expiresAt, now) }),
    ...(rateLimits !== undefined && { rateLimits: checkRateLimits(rateLimits) }),
    ...(allowedIps !== undefined && { allowedIps: checkAllowedIps(allowedIps) }),
  }
  if (Object.keys(change).length === 0) throw kitErrors.invalid_argument('nothing is said to be changed')
  return change
}

/** A restriction under a wrong name, dropped in silence, would make a wider key than was asked for. */
function refuseOtherMembers(args: object, members: readonly string[]): void {
  const others = Object.entries(args).filter(([member, value]) => !members.includes(member) && value !== undefined)
  if (others.length > 0) throw kitErrors.invalid_argument(`a key has no other members than ${members.join(', ')}`)
}

function checkNetwork(network: string, environment: ApiKeyEnvironment, networks: BindableNetworks): string {
  const bindable = networks[environment]
  if (bindable.includes(network)) return network
  throw kitErrors.invalid_argument(`network of a ${environment} key must be one of: ${bindable.join(', ')}`)
}

function checkExpiry(text: string, now: Date): string {
  const instant = checkInstant('expiresAt', text)
  if (instant <= now) throw kitErrors.invalid_argument('expiresAt must be in the future')
  return instant.toISOString()
}

/** Throws `invalid_argument` for a text that is not an instant of RFC 3339. */
export function checkInstant(member: string, text: string): Date {
  const date = INSTANT.exec(text)?.[1]
  const instant = new Date(text)
  if (date === undefined || Number.isNaN(instant.getTime()) || !isInCalendar(date)) {
    throw kitErrors.invalid_argument(`${member} must be an instant such as 2031-12-31T23:59:59Z`)
  }
  return instant
}

/** JavaScript takes February 30 for March 2. */
function isInCalendar(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date)
}
