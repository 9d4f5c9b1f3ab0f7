import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { isStudioError } from './errors.js'
import { kitErrors } from './kit-errors.js'

export interface GuardedFetchOptions {
  /** Default `GET`. */
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: string
  /** Longest answer that is read. Default 1 MiB. */
  maxBytes?: number
  /** For the whole exchange, redirects included. Default 10,000. */
  timeoutMs?: number
  /** How many redirects of a GET are followed; each is checked like the first address. Default 3. */
  maxRedirects?: number
  /** Resolves names; the system's resolver by default. */
  lookup?: typeof systemLookup
  /** Opens the connection, by the `lookup` that it is given; that of `node:https` by default. */
  request?: (url: URL, options: RequestOptions) => ClientRequest
}

export interface GuardedResponse {
  status: number
  headers: IncomingMessage['headers']
  text: string
}

const DEFAULTS = { maxBytes: 1_048_576, timeoutMs: 10_000, maxRedirects: 3 }
const REDIRECTS = [301, 302, 303, 307, 308]
/** Headers that are meant for one host, and are not shown to another that it redirects to. */
const CREDENTIAL_HEADERS = ['authorization', 'cookie', 'proxy-authorization', 'x-api-key']
/** All IPv6 addresses of the public Internet begin so; those that wrap an IPv4 address in another way do not. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Fetches an address that a caller can steer: https only, and never from this host or its network. The address that a
 * name resolves to is checked on the connection itself, so a name that changes in between (DNS rebinding) gains nothing.
 * The answer to a POST is never followed elsewhere.
 * Rejects with `fetch_refused` for an address that is not allowed, `fetch_failed` for all else that goes wrong.
 */
export async function guardedFetch(address: string, options: GuardedFetchOptions = {}): Promise<GuardedResponse> {
  const signal = AbortSignal.timeout(options.timeoutMs ?? DEFAULTS.timeoutMs)
  const maxRedirects = options.maxRedirects ?? DEFAULTS.maxRedirects
  let url = checkedUrl(address)
  let current = options
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    const response = await exchange(url, current, signal)
    const { location } = response.headers
    if (options.method === 'POST' || !REDIRECTS.includes(response.status) || location === undefined) return response
    const next = checkedUrl(location, url)
    if (next.origin !== url.origin) current = withoutCredentials(current)
    url = next
  }
  throw kitErrors.fetch_failed(`more than ${maxRedirects} redirects`)
}

/** Whether an IP address is one of the public Internet. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast') return false
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_UNICAST)
}

function withoutCredentials(options: GuardedFetchOptions): GuardedFetchOptions {
  const shown = Object.entries(options.headers ?? {}).filter(
    ([name]) => !CREDENTIAL_HEADERS.includes(name.toLowerCase()),
  )
  return { ...options, headers: Object.fromEntries(shown) }
}

function checkedUrl(address: string, base?: URL): URL {
  if (!URL.canParse(address, base?.href)) throw kitErrors.fetch_refused('not an address')
  const url = new URL(address, base)
  if (url.protocol !== 'https:') throw kitErrors.fetch_refused('only https addresses are fetched')
  if (url.username !== '' || url.password !== '') throw kitErrors.fetch_refused('an address must not carry credentials')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (ipaddr.isValid(host) && !isPublicAddress(host)) throw kitErrors.fetch_refused('not a public address')
  return url
}

function exchange(url: URL, options: GuardedFetchOptions, signal: AbortSignal): Promise<GuardedResponse> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => {
      reject(
        isStudioError(cause) ? cause : kitErrors.fetch_failed(`${url.origin} did not answer as expected`, { cause }),
      )
    }
    const outgoing = (options.request ?? httpsRequest)(url, {
      method: options.method ?? 'GET',
      headers: options.headers,
      lookup: publicLookup(options.lookup ?? systemLookup),
      agent: false,
      signal,
    })
    outgoing.on('error', fail)
    outgoing.on('response', (incoming) => {
      readText(incoming, options.maxBytes ?? DEFAULTS.maxBytes).then(
        (text) => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }),
        fail,
      )
    })
    outgoing.end(options.body)
  })
}

/** Resolves a name as usual, and refuses it if any of its addresses is not public. */
function publicLookup(lookup: typeof systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const first = addresses?.[0]
      if (error) return callback(error, [])
      if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
        return callback(kitErrors.fetch_refused(`${hostname} does not lead to a public address`), [])
      }
      if (options.all) return callback(null, addresses)
      return callback(null, first.address, first.family)
    })
  }
}

async function readText(incoming: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes) {
      incoming.destroy()
      throw kitErrors.fetch_failed(`the answer is longer than ${maxBytes} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
