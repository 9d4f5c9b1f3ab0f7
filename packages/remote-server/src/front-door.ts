import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TrustsProxy } from './client-address.js'
import type { TenantAgentHandler } from './tenant-agent-router.js'

export interface FrontDoorOptions {
  /** Where the router is mounted. Default `/agent`. */
  path?: string
  /** The very router that `server.use` has at that path. */
  router: TenantAgentHandler
}

/** What is done with a request in front of the app. */
export interface Doorstep {
  /** Called first for each request that is taken; what it throws is the request's error. */
  begin: (request: IncomingMessage, response: ServerResponse) => void
  /** Answers a request that failed. */
  fail: (request: IncomingMessage, response: ServerResponse, error: unknown) => void
}

export interface FrontDoorParts extends FrontDoorOptions, Doorstep {
  trustsProxy: TrustsProxy
}

export type TakeRequest = (request: IncomingMessage, response: ServerResponse) => boolean

const DEFAULT_PATH = '/agent'

/**
 * Answers the plainest of requests before the app does: a call of a method that is exposed, at exactly its address. The
 * rules are the router's own. All other requests are left to the app (the result is false then), and so is the answer to
 * one that fails.
 */
export function frontDoor(parts: FrontDoorParts): TakeRequest {
  const { router, path = DEFAULT_PATH, begin, fail, trustsProxy } = parts
  const prefix = `${path}/`
  return (request, response) => {
    const { url = '', method: verb } = request
    if (verb !== 'POST' || !url.startsWith(prefix)) return false
    const method = url.slice(prefix.length)
    if (!router.calls.exposes(method)) return false
    try {
      begin(request, response)
    } catch (error) {
      fail(request, response, error)
      return true
    }
    router.calls
      .answer({ request, response, method, path: url, trustsProxy })
      .catch((error: unknown) => fail(request, response, error))
    return true
  }
}
