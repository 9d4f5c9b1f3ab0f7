import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { TLSSocket } from 'node:tls'
import ipaddr from 'ipaddr.js'
import type { TrustsProxy } from './client-address.js'
import { remoteServerErrors } from './errors.js'

/**
 * Throws `insecure_transport` for plain HTTP from another host, where a key would cross a network in the clear. A proxy
 * that the operator trusts is believed, also when it says in `X-Forwarded-Proto` that its client used plain HTTP.
 */
export function refuseInsecureTransport(request: IncomingMessage, trustsProxy: TrustsProxy): void {
  if (!isSecure(request, trustsProxy)) throw remoteServerErrors.insecure_transport('use https')
}

function isSecure({ socket, headers }: IncomingMessage, trustsProxy: TrustsProxy): boolean {
  const isEncrypted = (socket as Partial<TLSSocket>).encrypted === true
  const address = socket.remoteAddress ?? ''
  if (!trustsProxy(address, 0)) return isEncrypted || isLoopback(address)
  const forwardedProto = headers['x-forwarded-proto']
  return forwardedProto === undefined || String(forwardedProto).split(',')[0]?.trim() === 'https'
}

function isLoopback(address: string): boolean {
  // As Node writes them, before the parser is asked.
  if (address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1') return true
  return isIP(address) !== 0 && ipaddr.process(address).range() === 'loopback'
}
