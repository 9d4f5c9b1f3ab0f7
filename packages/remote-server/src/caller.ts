import type { IncomingMessage } from 'node:http'
import type { Request } from 'express'
import { clientAddress, type TrustsProxy } from './client-address.js'

/** What is to be known of a request to find out who calls: the same behind Express and in front of it. */
export interface Caller {
  request: IncomingMessage
  /** The path that the client asked for, without its query. */
  path: string
  trustsProxy: TrustsProxy
  /** The arguments, where they are read by then. */
  body: unknown
}

export function callerOf(request: Request): Caller {
  const trustsProxy = request.app.get('trust proxy fn') as TrustsProxy
  return { request, path: pathOf(request), trustsProxy, body: request.body }
}

/** The path that the client asked for, without its query, wherever a router is mounted. */
export function pathOf(request: IncomingMessage & { originalUrl?: string }): string {
  return (request.originalUrl ?? request.url ?? '').split('?', 1)[0] ?? ''
}

export function addressOf({ request, trustsProxy }: Caller): string | undefined {
  return clientAddress(request, trustsProxy)
}
