import { kitErrors } from '@veramo-studio/plugin-kit'
import { checkLine, checkLines } from './check-text.js'
import type { BindableNetworks } from './dependencies.js'
import type { ApiKeyEnvironment, ApiKeyManagerCreateArgs } from './types/IApiKeyManager.js'

/** A key as it is asked for, with its defaults; whether the caller may have it is another question. */
export interface KeyRequest {
  name: string
  description: string | null
  environment: ApiKeyEnvironment
  network: string | null
  permissions: string[]
  /** Undefined: as long as a key lasts by default. */
  expiresAt: string | undefined
}

const MEMBERS = ['customerId', 'name', 'description', 'environment', 'network', 'permissions', 'expiresAt']
/** These would narrow the key: one that is dropped in silence would make a wider key than was asked for. */
const UNSUPPORTED_MEMBERS = ['rateLimits', 'allowedIps']

const MAX_NAME_LENGTH = 100
const MAX_DESCRIPTION_LENGTH = 500
const MAX_PERMISSIONS = 200
const MAX_PERMISSION_LENGTH = 100
const PERMISSION = /^[A-Za-z][A-Za-z0-9]*\*?$|^\*$/
/** RFC 3339, with an offset: a local time would be another instant on another machine. Seconds may be left out. */
const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/

/** Throws `invalid_argument` with the first member that is wrong. */
export function checkKeyRequest(
  args: ApiKeyManagerCreateArgs,
  { now, networks }: { now: Date; networks: BindableNetworks },
): KeyRequest {
  refuseOtherMembers(args)
  const { name, description, environment = 'live', network, permissions = ['*'], expiresAt } = args
  return {
    name: checkLine('name', name, MAX_NAME_LENGTH),
    description: description === undefined ? null : checkLines('description', description, MAX_DESCRIPTION_LENGTH),
    environment,
    network: network === undefined ? null : checkNetwork(network, environment, networks),
    permissions: checkPermissions(permissions),
    expiresAt: expiresAt === undefined ? undefined : checkExpiry(expiresAt, now),
  }
}

function refuseOtherMembers(args: ApiKeyManagerCreateArgs): void {
  const others = Object.entries(args).flatMap(([member, value]) =>
    MEMBERS.includes(member) || value === undefined ? [] : [member],
  )
  const unsupported = others.find((member) => UNSUPPORTED_MEMBERS.includes(member))
  if (unsupported !== undefined) throw kitErrors.invalid_argument(`${unsupported} is not supported`)
  if (others.length > 0) throw kitErrors.invalid_argument(`a key has no other members than ${MEMBERS.join(', ')}`)
}

function checkNetwork(network: string, environment: ApiKeyEnvironment, networks: BindableNetworks): string {
  const bindable = networks[environment]
  if (bindable.includes(network)) return network
  throw kitErrors.invalid_argument(`network of a ${environment} key must be one of: ${bindable.join(', ')}`)
}

function checkPermissions(permissions: string[]): string[] {
  if (permissions.length === 0 || permissions.length > MAX_PERMISSIONS) {
    throw kitErrors.invalid_argument(`permissions must have 1 to ${MAX_PERMISSIONS} entries`)
  }
  const isPattern = (entry: string) => entry.length <= MAX_PERMISSION_LENGTH && PERMISSION.test(entry)
  const wrong = permissions.findIndex((entry) => !isPattern(entry))
  if (wrong >= 0) {
    throw kitErrors.invalid_argument(`permissions.${wrong} must be the name of a method, the start of one and *, or *`)
  }
  return [...new Set(permissions)]
}

function checkExpiry(text: string, now: Date): string {
  const date = INSTANT.exec(text)?.[1]
  const instant = new Date(text)
  if (date === undefined || Number.isNaN(instant.getTime()) || !isInCalendar(date)) {
    throw kitErrors.invalid_argument('expiresAt must be an instant such as 2031-12-31T23:59:59Z')
  }
  if (instant <= now) throw kitErrors.invalid_argument('expiresAt must be in the future')
  return instant.toISOString()
}

/** JavaScript takes February 30 for March 2. */
function isInCalendar(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date)
}
