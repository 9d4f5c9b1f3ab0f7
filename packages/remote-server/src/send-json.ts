import type { ServerResponse } from 'node:http'

/**
 * Answers 200. Express's own `json` takes as long as all else in a call: it derives an ETag and checks for freshness,
 * which means nothing for an answer that is not to be stored. AgentRestClient parses every answer, so `undefined` is
 * answered as null.
 */
export function sendJson(response: ServerResponse, result: unknown): void {
  const body = JSON.stringify(result ?? null)
  const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': Buffer.byteLength(body) }
  // A string goes out in one write with the header, a buffer in two.
  response.writeHead(200, headers).end(body)
}
