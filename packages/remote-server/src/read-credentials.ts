import type { IncomingMessage } from 'node:http'
import type { IAgent } from '@veramo/core-types'
import { keyCallsOf } from '@veramo-studio/api-key-manager'
import { remoteServerErrors } from './errors.js'
import { headerValues } from './header-values.js'

export const OWN_PREFIXES: readonly string[] = ['vs_']
/** Shorter texts of a query that begin like a token are words. */
const LEAST_TOKEN_LENGTH = 20
const QUERY_NAMES = ['x-api-key', 'api-key', 'api_key', 'apikey', 'access_token', 'token']

/** What the tokens begin with that an agent knows: `vs_`, and the prefixes of those that were made elsewhere. */
export function tokenPrefixesOf(agent: IAgent): readonly string[] {
  return keyCallsOf(agent)?.tokenPrefixes ?? OWN_PREFIXES
}

/**
 * Finds the token of a request: in `x-api-key`, or in `Authorization: Bearer` where it starts with one of the prefixes.
 * Undefined where there is none. Throws for more than one, and for one in the address, which logs and histories would
 * keep.
 */
export function readToken(request: IncomingMessage, prefixes: readonly string[]): string | undefined {
  refuseInQuery(request.url ?? '', prefixes)
  const keys = headerValues(request, 'x-api-key')
  const authorizations = headerValues(request, 'authorization')
  const bearers = authorizations.flatMap(bearerOf)
  if (authorizations.length > 1 || keys.length + bearers.length > 1) {
    throw remoteServerErrors.credentials_ambiguous('send one credential, once')
  }
  const token = keys[0] ?? bearers[0]
  return keys.length === 0 && token !== undefined && !startsWithOne(token, prefixes) ? undefined : token
}

/** As {@link readToken}, and `credentials_missing` where there is none. */
export function requireToken(request: IncomingMessage, prefixes: readonly string[]): string {
  const token = readToken(request, prefixes)
  if (token === undefined || token === '') {
    throw remoteServerErrors.credentials_missing('send an API key in x-api-key, or as Authorization: Bearer')
  }
  return token
}

function bearerOf(header: string): string[] {
  const match = /^Bearer +(.*)$/i.exec(header.trim())
  return match?.[1] === undefined ? [] : [match[1].trim()]
}

function startsWithOne(text: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => text.startsWith(prefix))
}

/** Whether an address has a text in its query that looks like a token. */
export function hasTokenInQuery(url: string, prefixes: readonly string[]): boolean {
  return queryOf(url).some(([, value]) => startsWithOne(value, prefixes) && value.length >= LEAST_TOKEN_LENGTH)
}

export function credentialsInQuery(): Error {
  return remoteServerErrors.credentials_in_query('send the API key in a header; this one should be revoked')
}

function refuseInQuery(url: string, prefixes: readonly string[]): void {
  const isNamed = queryOf(url).some(([name]) => QUERY_NAMES.includes(name.toLowerCase()))
  if (isNamed || hasTokenInQuery(url, prefixes)) throw credentialsInQuery()
}

function queryOf(url: string): [string, string][] {
  const start = url.indexOf('?')
  return start < 0 ? [] : Array.from(new URLSearchParams(url.slice(start)))
}
