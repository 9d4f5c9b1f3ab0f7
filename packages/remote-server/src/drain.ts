import type { Server } from 'node:http'

const SWEEP_EVERY_MS = 50

/** Stops accepting, closes idle connections, and resolves when what runs is finished, or after the limit. */
export async function drain(server: Server, limitMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // A connection that becomes idle while we wait would keep the server open until its client leaves.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_EVERY_MS)
  const limit = setTimeout(() => server.closeAllConnections(), limitMs)
  await closed
  clearInterval(sweep)
  clearTimeout(limit)
}
