import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { IAgent } from '@veramo/core-types'
import type { AccountManager } from '@veramo-studio/account-manager'
import type { BillingManager } from '@veramo-studio/billing-manager'
import { kitErrors, type Database } from '@veramo-studio/plugin-kit'
import cors from 'cors'
import type { Application, Express, NextFunction, Request, RequestHandler, Response } from 'express'
import { pathOf } from './caller.js'
import type { TrustsProxy } from './client-address.js'
import { drain } from './drain.js'
import { remoteServerErrors } from './errors.js'
import { forwardErrors } from './forward-errors.js'
import { frontDoor, type Doorstep, type FrontDoorOptions, type TakeRequest } from './front-door.js'
import { createMetrics } from './metrics.js'
import { OpenConnections } from './open-connections.js'
import { credentialsInQuery, hasTokenInQuery, OWN_PREFIXES, tokenPrefixesOf } from './read-credentials.js'
import { refuseInsecureTransport } from './refuse-insecure-transport.js'

export interface ServiceAppOptions {
  /** Asked by `/readyz`, and closed at the end. */
  database: Database
  /** Proxies whose `X-Forwarded-*` headers are believed. Default none. */
  trustProxy?: string[]
  /** Origins whose pages may call; `*` for all. Default none. */
  corsAllowedOrigins?: string[]
  /**
   * Lets this router answer plain calls of its methods before the app does, which takes half the time. Handlers that
   * `server.use` has before the router do not see these calls, unless they fail: leave it out where they must. Default
   * none.
   */
  frontDoor?: FrontDoorOptions
  /** Ends what a crash has left open, from the start on. */
  billing?: Pick<BillingManager, 'startRecovery' | 'stop'>
  /** Tells of low balances from the start on, as events of `agent`. */
  accounts?: Pick<AccountManager, 'startWatching' | 'stop'>
  agent?: IAgent
  /** How long a stop waits for the calls that run. Default 30,000. */
  drainLimitMs?: number
}

const DEFAULT_DRAIN_LIMIT_MS = 30_000
const ARRIVAL_LIMIT_MS = 5_000

/**
 * What makes a service of the app that it is mounted in, first of all: `/healthz`, `/readyz`, `/metrics`, CORS, no
 * plain HTTP from other hosts, an orderly stop at SIGTERM and SIGINT, and one line where the port is taken.
 */
export function ServiceApp(options: ServiceAppOptions): Express {
  const { corsAllowedOrigins = [] } = options
  return onMount((parent) => {
    const state = { draining: false }
    const metrics = createMetrics()
    const failures = new WeakMap<IncomingMessage, { error: unknown }>()
    parent.disable('x-powered-by').set('trust proxy', options.trustProxy ?? [])
    const trustsProxy = parent.get('trust proxy fn') as TrustsProxy
    const begin = (request: IncomingMessage, response: ServerResponse): void => {
      // Tells clients not to use a connection again that is about to go.
      if (state.draining) response.setHeader('Connection', 'close')
      metrics.observe(request, response)
      response.setHeader('Cache-Control', 'no-store')
      response.setHeader('X-Content-Type-Options', 'nosniff')
      refuseInsecureTransport(request, trustsProxy)
    }
    parent.get('/healthz', (_request, response) => void response.json({ status: 'ok' }))
    parent.get('/readyz', answerReadiness(options.database, state))
    parent.use((request, response, next) => {
      const failed = failures.get(request)
      if (failed !== undefined) return next(failed.error)
      begin(request, response)
      next()
    })
    parent.use('/metrics', metrics.router)
    const allowOrigins = corsAllowedOrigins.length > 0 ? originsAllowed(corsAllowedOrigins) : undefined
    if (allowOrigins !== undefined) parent.use(allowOrigins)
    const doorstep: Doorstep = {
      begin: (request, response) => {
        begin(request, response)
        // Sets header fields and is done: only what a page asks beforehand, which is no POST, is answered by it.
        allowOrigins?.(request as Request, response as Response, () => undefined)
      },
      fail: (request, response, error) => {
        failures.set(request, { error })
        parent(request as Request, response as Response)
      },
    }
    const refuse = refuseTokenInAddress(doorstep, options.agent)
    const take = options.frontDoor && frontDoor({ ...options.frontDoor, ...doorstep, trustsProxy })
    const takeRequest: TakeRequest = (request, response) =>
      refuse(request, response) || (take?.(request, response) ?? false)
    superviseListen(parent, { ...options, takeRequest }, state)
  })
}

/**
 * A token in an address is cut off before anybody sees it who might print the address, as Express does under DEBUG. The
 * request fails.
 */
function refuseTokenInAddress({ begin, fail }: Doorstep, agent: IAgent | undefined): TakeRequest {
  const prefixes = agent === undefined ? OWN_PREFIXES : tokenPrefixesOf(agent)
  return (request, response) => {
    if (!hasTokenInQuery(request.url ?? '', prefixes)) return false
    request.url = pathOf(request)
    let failure: unknown = credentialsInQuery()
    try {
      begin(request, response)
    } catch (error) {
      failure = error
    }
    fail(request, response, failure)
    return true
  }
}

/**
 * Express tells an app, and nothing else, which app it is mounted in. This is as much of one as it takes: a whole one
 * would give each request another prototype on its way in and out, which costs a fifth of a call that does nothing.
 */
function onMount(install: (parent: Application) => void): Express {
  const mountable = {
    set: () => undefined,
    emit: (_event: 'mount', parent: Application) => install(parent),
    handle: (_request: Request, _response: Response, next: NextFunction) => next(),
  }
  return Object.assign(() => undefined, mountable) as unknown as Express
}

function answerReadiness(database: Database, state: { draining: boolean }): RequestHandler {
  return forwardErrors(
    async (_request, response) => {
      if (state.draining) throw kitErrors.store_unavailable('the service is stopping')
      await database.ping()
      response.json({ status: 'ready' })
    },
    { last: true },
  )
}

function originsAllowed(origins: string[]): RequestHandler {
  const exposedHeaders = ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'WWW-Authenticate']
  return cors({ origin: origins.includes('*') ? '*' : origins, exposedHeaders, maxAge: 600 })
}

/** `veramo server` has no hook for the server it starts: its `listen` is where we get hold of it. */
function superviseListen(
  parent: Application,
  options: ServiceAppOptions & { takeRequest: TakeRequest },
  state: { draining: boolean },
): void {
  const listen = parent.listen.bind(parent) as (...args: unknown[]) => Server
  parent.listen = ((...args: unknown[]) => {
    const server = listen(...args)
    standBefore(server, options.takeRequest)
    const connections = new OpenConnections(server)
    options.billing?.startRecovery()
    if (options.agent !== undefined) options.accounts?.startWatching(options.agent)
    server.once('error', (error: NodeJS.ErrnoException) => {
      const { message } =
        error.code === 'EADDRINUSE'
          ? remoteServerErrors.port_in_use(`port ${String(args[0])} is taken; set PORT`)
          : error
      process.stderr.write(`${message}\n`)
      process.exit(1)
    })
    const stop = () => {
      if (state.draining) return
      state.draining = true
      void stopService(server, connections, options)
    }
    process.on('SIGTERM', stop).on('SIGINT', stop)
    return server
  }) as Application['listen']
}

/** Asks the front door first; what it leaves goes to whoever listened before. */
function standBefore(server: Server, takeRequest: TakeRequest): void {
  const [serve, ...others] = server.listeners('request') as RequestListener[]
  if (serve === undefined || others.length > 0) throw new Error('the server must have one listener to stand before')
  server.off('request', serve).on('request', (request, response) => {
    if (!takeRequest(request, response)) serve(request, response)
  })
}

async function stopService(server: Server, connections: OpenConnections, options: ServiceAppOptions): Promise<void> {
  const { drainLimitMs: runningMs = DEFAULT_DRAIN_LIMIT_MS } = options
  await drain(server, connections, { runningMs, arrivingMs: ARRIVAL_LIMIT_MS })
  await options.accounts?.stop()
  await options.billing?.stop()
  await options.database.close()
  process.exit(0)
}
