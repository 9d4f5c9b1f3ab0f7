import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { Request, RequestHandler } from 'express'
import { remoteServerErrors } from './errors.js'

/**
 * Refuses plain HTTP from another host, where a key would cross a network in the clear. A proxy that the operator
 * trusts is believed, also when it says in `X-Forwarded-Proto` that its client used plain HTTP.
 */
export const refuseInsecureTransport: RequestHandler = (request, _response, next) => {
  next(isSecure(request) ? undefined : remoteServerErrors.insecure_transport('use https'))
}

function isSecure(request: Request): boolean {
  if (request.secure) return true
  const address = request.socket.remoteAddress ?? ''
  const isTrustedProxy = (request.app.get('trust proxy fn') as (address: string, hop: number) => boolean)(address, 0)
  if (isTrustedProxy) return request.headers['x-forwarded-proto'] === undefined
  return isIP(address) !== 0 && ipaddr.process(address).range() === 'loopback'
}
