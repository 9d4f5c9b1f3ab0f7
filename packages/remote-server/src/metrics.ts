import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Router } from 'express'
import { Router as createRouter } from 'express'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { pathOf } from './caller.js'
import { forwardErrors } from './forward-errors.js'

export interface Metrics {
  /** Times a request, from now on. */
  observe(request: IncomingMessage, response: ServerResponse): void
  /** `GET /` in the format of Prometheus. */
  router: Router
}

/** Counts and times requests by route and status: nothing that names a customer or a key. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to answer',
    labelNames: ['verb', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  })
  const router = createRouter()
  router.get(
    '/',
    forwardErrors(
      async (_request, response) => {
        response.type(registry.contentType).send(await registry.metrics())
      },
      { last: true },
    ),
  )
  return { router, observe: observeWith(durations) }
}

function observeWith(durations: Histogram): Metrics['observe'] {
  return (request, response) => {
    const stop = durations.startTimer()
    response.on('finish', () => {
      const status = String(response.statusCode)
      // The address of a request that nothing took is the client's choice, and would make a series of each.
      const known = response.statusCode !== 404 && response.statusCode !== 405
      stop({ verb: request.method ?? '', route: known ? pathOf(request) : 'unknown', status })
    })
  }
}
