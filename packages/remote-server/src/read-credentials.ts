import type { IncomingMessage } from 'node:http'
import { remoteServerErrors } from './errors.js'
import { headerValues } from './header-values.js'

const TOKEN_START = /^vs_(live|test)_/
const QUERY_NAMES = ['x-api-key', 'api-key', 'api_key', 'apikey', 'access_token', 'token']

/**
 * Finds the token of a request: in `x-api-key`, or in `Authorization: Bearer` where it starts with `vs_`. Undefined
 * where there is none. Throws for more than one, and for one in the address, which logs and histories would keep.
 */
export function readToken(request: IncomingMessage): string | undefined {
  refuseInQuery(request.url ?? '')
  const keys = headerValues(request, 'x-api-key')
  const bearers = headerValues(request, 'authorization').flatMap(bearerOf)
  if (keys.length + bearers.length > 1) {
    throw remoteServerErrors.credentials_ambiguous('send one credential, once')
  }
  const token = keys[0] ?? bearers[0]
  return keys.length === 0 && token !== undefined && !token.startsWith('vs_') ? undefined : token
}

/** As {@link readToken}, and `credentials_missing` where there is none. */
export function requireToken(request: IncomingMessage): string {
  const token = readToken(request)
  if (token === undefined || token === '') {
    throw remoteServerErrors.credentials_missing('send an API key in x-api-key, or as Authorization: Bearer')
  }
  return token
}

function bearerOf(header: string): string[] {
  const match = /^Bearer +(.*)$/i.exec(header.trim())
  return match?.[1] === undefined ? [] : [match[1].trim()]
}

function refuseInQuery(url: string): void {
  const start = url.indexOf('?')
  if (start < 0) return
  for (const [name, value] of new URLSearchParams(url.slice(start))) {
    if (QUERY_NAMES.includes(name.toLowerCase()) || TOKEN_START.test(value)) {
      throw remoteServerErrors.credentials_in_query('send the API key in a header; this one should be revoked')
    }
  }
}
