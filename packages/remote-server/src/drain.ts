import type { Server } from 'node:http'
import type { OpenConnections } from './open-connections.js'

export interface DrainLimits {
  /** How long the calls that run may take. */
  runningMs: number
  /** How long a request may take that has only begun to arrive: who sends half of one must not keep the service up. */
  arrivingMs: number
}

const SWEEP_EVERY_MS = 50

/** Stops accepting, closes idle connections, and resolves when what runs is finished, or after the limit. */
export async function drain(server: Server, connections: OpenConnections, limits: DrainLimits): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // A connection that becomes idle while we wait would keep the server open until its client leaves.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS)
  const arrivals = setTimeout(() => connections.endUnasked(), limits.arrivingMs)
  const limit = setTimeout(() => server.closeAllConnections(), limits.runningMs)
  await closed
  clearInterval(sweep)
  clearTimeout(arrivals)
  clearTimeout(limit)
}
