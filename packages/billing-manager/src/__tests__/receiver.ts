import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import type { lookup as systemLookup } from 'node:dns'
import type { RequestOptions } from 'node:https'
import type { AddressInfo, LookupFunction } from 'node:net'
import { text } from 'node:stream/consumers'
import { guardedFetch } from '@veramo-studio/plugin-kit'

export interface Received {
  id: string
  timestamp: string
  signature: string
  contentType: string | undefined
  path: string | undefined
  body: string
}

const PUBLIC = { address: '93.184.215.14', family: 4 }

/** The endpoint of a customer. The guard is the real one; all that is replaced is the wire behind it. */
export class Receiver {
  readonly received: Received[] = []
  /** What it answers, one after another; the last one again and again. */
  answers: (number | (() => Promise<number>))[] = [204]
  private server: Server | undefined

  async open(): Promise<void> {
    this.server = createServer((incoming, response) => {
      const answer = async () => {
        const { headers } = incoming
        this.received.push({
          id: String(headers['webhook-id']),
          timestamp: String(headers['webhook-timestamp']),
          signature: String(headers['webhook-signature']),
          contentType: headers['content-type'],
          path: incoming.url,
          body: await text(incoming),
        })
        const next = this.answers.length > 1 ? this.answers.shift() : this.answers[0]
        const status = typeof next === 'function' ? await next() : next
        response.writeHead(status ?? 204).end()
      }
      void answer()
    }).listen(0, '127.0.0.1')
    await once(this.server, 'listening')
  }

  close(): void {
    this.server?.closeAllConnections()
    this.server?.close()
  }

  readonly fetch: typeof guardedFetch = (address, options = {}) =>
    guardedFetch(address, {
      ...options,
      lookup: ((_hostname: string, _options: object, callback: (...result: unknown[]) => void) =>
        callback(null, [PUBLIC])) as unknown as typeof systemLookup,
      request: ({ hostname, pathname }: URL, options: RequestOptions) => {
        const { port } = this.server?.address() as AddressInfo
        const lookup = toThisHost(options.lookup as LookupFunction)
        return request({ ...options, hostname, port, path: pathname, lookup })
      },
    })
}

/** Asks the guard, which may refuse, and then leads to the receiver. */
function toThisHost(guarded: LookupFunction): LookupFunction {
  return (hostname, options, callback) =>
    guarded(hostname, options, (error) => {
      if (error) callback(error, [])
      else if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }])
      else callback(null, '127.0.0.1', 4)
    })
}

/** As the Standard Webhooks libraries check it. */
export function isSigned(secret: string, { id, timestamp, signature, body }: Received): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  return signature === `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}
