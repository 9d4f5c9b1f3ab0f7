import type { ServerResponse } from 'node:http'
import type { ApiKeyRateLimitState } from '@veramo-studio/api-key-manager'

const FIELDS = ['RateLimit-Policy', 'RateLimit'] as const

/**
 * What the rate limits of a key have left, as draft-ietf-httpapi-ratelimit-headers-10 says it: quota `q` and window `w` in
 * seconds, what remains `r`, and the seconds `t` until all of it is there again.
 */
export function keyRateLimitHeaders(rateLimits: readonly ApiKeyRateLimitState[]): Record<string, string> {
  const policies = rateLimits.map(({ name, limit, windowMs }) => `"${name}";q=${limit};w=${seconds(windowMs)}`)
  const levels = rateLimits.map(
    ({ name, remaining, resetAfterMs }) => `"${name}";r=${remaining};t=${seconds(resetAfterMs)}`,
  )
  return { 'RateLimit-Policy': policies.join(', '), RateLimit: levels.join(', ') }
}

/** Adds to the lists that are there: a call is bounded by its key and by its meter. */
export function addRateLimitHeaders(response: ServerResponse, headers: Record<string, string>): void {
  if (response.headersSent) return
  for (const field of FIELDS) {
    const values = [response.getHeader(field), headers[field]].filter((value) => value !== undefined && value !== '')
    response.setHeader(field, values.join(', '))
  }
}

function seconds(durationMs: number): number {
  return Math.ceil(durationMs / 1000)
}
