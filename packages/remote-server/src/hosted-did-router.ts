import { readHostedDid, type HostedPlace } from '@veramo-studio/data-store'
import type { Database } from '@veramo-studio/plugin-kit'
import { Router, type RequestHandler } from 'express'
import { forwardErrors } from './forward-errors.js'

export interface HostedDidRouterOptions {
  database: Database
  /** Where clients reach the service: the host of the DIDs. */
  baseUrl: string
}

/**
 * The documents of the `did:web` that this service hosts, for everybody: mounted at `/t`, it answers
 * `GET /<tenantId>/did.json` and `GET /<tenantId>/<name>/did.json`. What is not there is `not_found`, whoever's it is.
 */
export function HostedDidRouter(options: HostedDidRouterOptions): Router {
  const answer: RequestHandler = forwardErrors(
    async ({ params }, response) => {
      const { tenantId, name } = params as unknown as HostedPlace
      const document = await readHostedDid(options, { tenantId, name })
      response
        .set({ 'access-control-allow-origin': '*', 'content-type': 'application/did+ld+json' })
        .send(JSON.stringify(document))
    },
    { last: true },
  )
  return Router().get('/:tenantId/did.json', answer).get('/:tenantId/:name/did.json', answer)
}
